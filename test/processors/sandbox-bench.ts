/** The sandbox processor as a bench for the conformance suite: a real server on a free port with a book in a temporary folder. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NextAction } from '../../src/domain/next-action.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { send } from '../../src/outbound.ts';
import type { ClearCard, RawNotification } from '../../src/processors/processor.ts';
import { createSandboxProcessor } from '../../src/processors/sandbox.ts';
import { announceNotificationUrl, isSandbox, openSandboxAccount } from '../../src/processors/sandbox-account.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { Bench, CardCase, MethodCase, MethodScript, Movement } from './conformance-bench.ts';

const NUMBERS: Record<CardCase, string> = {
  approved: '4242424242424242',
  insufficient_funds: '4000000000009995',
  challenge: '4000009600000007',
  challenge_then_declined: '4000009605100000',
  merchant_needs_payer: '4000009795100000',
  merchant_revoked: '4000009790100005',
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SHORT = { deadlineMs: 15 * MINUTE_MS, reversible: true, late: true };
/** A canary of its own: no phone number may come through either. */
const PHONE = '+2782555012';

function phone(ending: string, laterMs?: number): MethodScript {
  const instrument = { type: 'mobile_money', phone: `${PHONE}${ending}` } as const;
  return { instrument, deadlineMs: 3 * MINUTE_MS, reversible: false, late: false, ...(laterMs && { laterMs }) };
}

const SCRIPTS: Record<MethodCase, MethodScript> = {
  redirect: { instrument: { type: 'pay_by_bank', bank: 'prompt' }, ...SHORT },
  redirect_later_approved: { instrument: { type: 'pay_by_bank', bank: 'patient' }, ...SHORT, laterMs: 24 * HOUR_MS },
  redirect_later_declined: { instrument: { type: 'pay_by_bank', bank: 'doubtful' }, ...SHORT, laterMs: 2 * HOUR_MS },
  code: { instrument: { type: 'wallet_qr' }, ...SHORT },
  phone: phone('89'),
  phone_approves: phone('00', 3_000),
  phone_wrong_pin: phone('01', 3_000),
  phone_no_money: phone('02', 3_000),
  phone_silent: phone('03'),
  phone_late: phone('04', 4 * MINUTE_MS),
  phone_unannounced: phone('05', 3_000),
  voucher: { instrument: { type: 'voucher' }, deadlineMs: 72 * HOUR_MS, reversible: true, late: true },
};

/** A card the sandbox takes, good for years. */
export function sandboxCard(number: string): ClearCard {
  const securityCode = number.length === 15 ? '9173' : '917';
  return { number, expMonth: 12, expYear: new Date().getUTCFullYear() + 4, securityCode };
}

/** Starts a sandbox without thinking time and opens an account on it. */
export async function openSandboxBench(): Promise<Bench & { baseUrl: string; controlKey: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tender-conformance-'));
  const sandbox = await startSandbox({ folder, sync: 'off', seed: 'conformance' });
  const { url: baseUrl, controlKey } = sandbox;
  const inbox = await startInbox();
  assert.equal(await isSandbox({ send, baseUrl }), true);
  const opened = { send, baseUrl, controlKey, name: 'conformance', notificationUrl: inbox.url };
  const credentials = await openSandboxAccount(opened);
  assert.equal(await announceNotificationUrl({ send, credentials, notificationUrl: inbox.url }), 'announced');
  const logged: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void logged.push(line) };

  const phones = new Map<string, string>();
  const control = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: { 'control-key': controlKey, 'merchant-key': credentials.merchant_key ?? '' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };

  return {
    baseUrl,
    controlKey,
    credentials,
    processor: (limits) =>
      createSandboxProcessor({
        send,
        log: log as never,
        ...(limits && { limits: { money: limits, question: limits } }),
      }),
    card: (kind) => sandboxCard(NUMBERS[kind]),
    async arm(requestKey, { kind, params, operation }) {
      await control('POST', '/control/faults', { kind, params, match: { request_key: requestKey, operation } });
    },
    async play(action, decision, requestKey) {
      const address = addressIn(action, baseUrl);
      if (address !== undefined) return press(address, decision);
      // A phone's page stands only in the list of what is open: who comes back to it has kept the address.
      const { data } = (await control('GET', '/control/actions')) as { data: { request_key: string; url: string }[] };
      const url = data.find((open) => open.request_key === requestKey)?.url ?? phones.get(requestKey ?? '') ?? '';
      phones.set(requestKey ?? '', url);
      return press(url, decision);
    },
    method: (kind) => SCRIPTS[kind],
    async advance(ms) {
      const clock = (await control('GET', '/v1/clock')) as { now: string };
      await control('POST', '/v1/clock', { to: new Date(Date.parse(clock.now) + ms).toISOString() });
    },
    async movements() {
      const { data } = (await control('GET', '/book?format=json')) as { data: Record<string, never>[] };
      return data.map(toMovement);
    },
    notifications: (requestKey, count) => inbox.about(requestKey, { count, credentials }),
    secrets: [
      PHONE,
      PHONE.slice(1),
      ...Object.values(NUMBERS),
      ...['merchant_key', 'notification_secret'].map((name) => credentials[name] ?? name),
    ],
    logged,
    async close() {
      await sandbox.close();
      await inbox.close();
      await rm(folder, { recursive: true });
    },
  };
}

function toMovement(row: Record<string, never>): Movement {
  const { request_key: requestKey, state, amount: amountMinor, currency, reversed, arrivals, at } = row;
  return { requestKey, state, amountMinor, currency, reversed, arrivals, at } as unknown as Movement;
}

/** Where the payer goes, as far as the action says it. */
function addressIn(action: NextAction, baseUrl: string): string | undefined {
  switch (action.type) {
    case 'three_ds':
      return action.acsUrl;
    case 'redirect':
      return action.url;
    case 'qr_code':
      return action.payload;
    case 'voucher':
      return `${baseUrl}/shop/${action.code}`;
    default:
      return undefined;
  }
}

async function press(url: string, decision: string): Promise<void> {
  const body = new URLSearchParams({ decision, ...(url.includes('/phone/') && { pin: '1234' }) });
  const response = await fetch(url, { method: 'POST', redirect: 'manual', body });
  assert.ok(response.status < 400, `the page answered ${response.status}`);
}

interface Inbox {
  url: string;
  about(
    requestKey: string | undefined,
    asked: { count: number; credentials: Bench['credentials'] },
  ): Promise<RawNotification[]>;
  close(): Promise<void>;
}

/** Receives notifications, answers 200 to each, and lets a test wait for those about one key. */
async function startInbox(): Promise<Inbox> {
  const received: Omit<RawNotification, 'credentials' | 'now'>[] = [];
  let arrived = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '' } = request;
      const headers = request.headers as Record<string, string | undefined>;
      received.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      response.end();
      arrived.resolve();
      arrived = Promise.withResolvers();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/processor/notify?tenant=1`,
    async about(requestKey, { count, credentials }) {
      for (;;) {
        const own = received.filter(({ body }) =>
          requestKey === undefined ? !body.includes('request_key') : body.includes(`"${requestKey}`),
        );
        if (own.length >= count) return own.map((raw) => ({ ...raw, credentials, now: Date.now() as Timestamp }));
        await arrived.promise;
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
