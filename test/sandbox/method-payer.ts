/** Actors of the tests of methods beyond cards: an order of each, and a payer who decides on its page. */
import assert from 'node:assert/strict';
import type { Answer, Merchant, Town } from './merchant.ts';

export interface MethodOrder {
  type: string;
  bank?: string;
  phone?: string;
}

export const HOUR_MS = 3_600_000;
export const BANK: MethodOrder = { type: 'pay_by_bank', bank: 'prompt' };
export const WALLET: MethodOrder = { type: 'wallet_qr' };
export const TILL: MethodOrder = { type: 'voucher' };

/** An order to a phone whose number ends in these two digits. */
export function phone(ending: string): MethodOrder {
  return { type: 'mobile_money', phone: `+278212345${ending}` };
}

/** A charge that waits for its payer. */
export async function opened(merchant: Merchant, key: string, method: MethodOrder): Promise<Answer['body']> {
  const { status, body } = await merchant.charge(key, { method });
  assert.deepEqual([status, body.status, body.method.type], [201, 'action_required', method.type]);
  return body;
}

/** The page on which the payer decides, found as an operator finds it. */
export async function pageOf(town: Town, key: string): Promise<string> {
  const { body } = await town.control('GET', '/control/actions');
  return body.data.find((open: { request_key: string }) => open.request_key === key).url;
}

/** Presses a button of a page; the answer is not followed. */
export function decides(url: string, decision: string, more: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision, ...more }) });
}

/** The charge as it is now. */
export async function now(merchant: Merchant, key: string): Promise<Answer['body']> {
  return (await merchant.lookup(key)).body.data[0];
}

/** Undoes by key; the reversal's own key follows from it. */
export function reverses(merchant: Merchant, target: string, more: object = {}): Promise<Answer> {
  return merchant.call('POST', '/v1/reversals', { key: `undo-${target}`, body: { request_key: target, ...more } });
}
