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
import type { Bench, CardCase, Movement } from './conformance-bench.ts';

const NUMBERS: Record<CardCase, string> = {
  approved: '4242424242424242',
  insufficient_funds: '4000000000009995',
  challenge: '4000009600000007',
  challenge_then_declined: '4000009605100000',
  merchant_needs_payer: '4000009795100000',
  merchant_revoked: '4000009790100005',
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
    play: (action, decision) => play(action, decision),
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
  const { request_key: requestKey, state, amount: amountMinor, currency, reversed, arrivals } = row;
  return { requestKey, state, amountMinor, currency, reversed, arrivals } as unknown as Movement;
}

async function play(action: NextAction, decision: string): Promise<void> {
  assert.equal(action.type, 'three_ds');
  const response = await fetch(action.type === 'three_ds' ? action.acsUrl : '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision }),
  });
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
