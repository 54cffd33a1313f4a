/** A payer's browser without a screen: loads the page, keeps hidden fields and cookie, posts forms. */
import assert from 'node:assert/strict';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { CHECKOUT_ID } from './fixtures.ts';

export const PATH = `/checkout/${CHECKOUT_ID}`;
export const BROWSER = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' };
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const CARD = { card_number: '4242 4242 4242 4242', card_expiry: '12/30', card_cvc: '123' };

export interface Opened {
  hidden: Record<string, string>;
  cookie: string;
}

/** Loads the page as a browser would: the hidden fields and the cookie. */
export async function open(server: FastifyInstance, headers: Record<string, string> = {}): Promise<Opened> {
  const page = await server.inject({ url: PATH, headers: { ...BROWSER, ...headers } });
  assert.equal(page.statusCode, 200);
  const hidden = Object.fromEntries(
    [...page.body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map((match) => [match[1], match[2]]),
  );
  const cookie = String(page.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  return { hidden, cookie };
}

/** A form of the page as a request. */
export function post(
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): InjectOptions {
  return {
    method: 'POST',
    url: `${PATH}/${path}`,
    headers: { ...BROWSER, ...FORM, ...headers },
    payload: new URLSearchParams(fields).toString(),
  };
}
