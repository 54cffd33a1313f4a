/** Actors of the sandbox's tests: a sandbox of one's own in a temporary folder, and a merchant who calls it over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes
  body: any;
  headers: Headers;
}

export interface Merchant {
  id: string;
  key: string;
  secret: string;
  call(method: string, path: string, options?: { key?: string; body?: unknown }): Promise<Answer>;
  /** `POST /v1/charges` of a card present, with what is given on top. */
  charge(key: string, changes?: Record<string, unknown>): Promise<Answer>;
  lookup(key: string): Promise<Answer>;
  /** Moves the account's clock on by `ms`. */
  waits(ms: number): Promise<Answer>;
}

export interface Town {
  folder: string;
  sandbox: RunningSandbox;
  merchant: Merchant;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  openAccount(name: string, notificationUrl?: string): Promise<Merchant>;
  arms(kind: string, more?: Record<string, unknown>): Promise<string>;
  rows(): Promise<Record<string, unknown>[]>;
  /** Ends the sandbox and starts it again on the same folder. */
  restarts(): Promise<void>;
}

export const RETURN_URL = 'https://shop.example/back?order=7';

export function card(number: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'card', number, exp_month: 12, exp_year: new Date().getUTCFullYear() + 5, cvc: '123', ...more };
}

export function orderOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const merchant = changes.initiator === 'merchant';
  return {
    intent: 'charge',
    amount: { value: 2000, currency: 'ZAR' },
    reference: 'order-1',
    initiator: 'customer',
    ...(!merchant && { return_url: RETURN_URL }),
    method: card('4242424242424242'),
    ...changes,
  };
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tender-sandbox-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A sandbox on a free port, without sync unless asked for, and one merchant account. */
export async function foundTown(t: TestContext, options: Partial<SandboxOptions> = {}): Promise<Town> {
  const town = {} as Town;
  // Registered before the folder's removal, so that it runs before it.
  t.after(() => town.sandbox.close());
  const folder = options.folder ?? temporaryFolder(t);
  const start = (): Promise<RunningSandbox> => startSandbox({ folder, sync: 'off', ...options });
  town.folder = folder;
  town.sandbox = await start();
  town.control = (method, path, body) =>
    send(town.sandbox, { method, path, body, headers: { 'control-key': town.sandbox.controlKey } });
  town.openAccount = async (name, notificationUrl) => {
    const body = { name, ...(notificationUrl !== undefined && { notification_url: notificationUrl }) };
    const made = await town.control('POST', '/control/accounts', body);
    return merchantOf(town, made.body);
  };
  town.arms = async (kind, more = {}) => (await town.control('POST', '/control/faults', { kind, ...more })).body.id;
  town.rows = async () => (await town.control('GET', '/book?format=json')).body.data;
  town.restarts = async () => {
    await town.sandbox.close();
    town.sandbox = await start();
  };
  town.merchant = await town.openAccount('shop');
  return town;
}

function merchantOf(town: Town, made: { id: string; merchant_key: string; notification_secret: string }): Merchant {
  const merchant: Merchant = {
    id: made.id,
    key: made.merchant_key,
    secret: made.notification_secret,
    call: (method, path, options = {}) => {
      const headers = {
        'merchant-key': made.merchant_key,
        ...(options.key !== undefined && { 'request-key': options.key }),
      };
      return send(town.sandbox, { method, path, body: options.body, headers });
    },
    charge: (key, changes) => merchant.call('POST', '/v1/charges', { key, body: orderOf(changes) }),
    lookup: (key) => merchant.call('GET', `/v1/charges?request_key=${encodeURIComponent(key)}`),
    async waits(ms) {
      const { body } = await merchant.call('GET', '/v1/clock');
      return merchant.call('POST', '/v1/clock', { body: { to: new Date(Date.parse(body.now) + ms).toISOString() } });
    },
  };
  return merchant;
}

async function send(
  sandbox: RunningSandbox,
  about: { method: string; path: string; body?: unknown; headers: Record<string, string> },
): Promise<Answer> {
  const response = await fetch(sandbox.url + about.path, {
    method: about.method,
    headers: about.headers,
    redirect: 'manual',
    ...(about.body !== undefined && { body: JSON.stringify(about.body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // Pages and NDJSON.
  }
}
