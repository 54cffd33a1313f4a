/** A killed sandbox is one more lost answer: every movement it answered for is in the book, none twice. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { card, orderOf, temporaryFolder } from './merchant.ts';
import { BANK, phone, TILL, WALLET } from './method-payer.ts';

const MAIN = new URL('../../src/sandbox/main.ts', import.meta.url).pathname;
/** More on demand: SANDBOX_KILLS=1000. */
const KILLS = Number(process.env.SANDBOX_KILLS ?? 4);
const CALLERS = 16;
const METHODS = { card: card('4000009600000007'), bank: BANK, wallet: WALLET, phone: phone('89'), till: TILL };

async function startProcess(
  t: TestContext,
  folder: string,
  more: string[] = [],
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', folder, '--latency', '0', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.stderr?.resume();
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return { child, url: JSON.parse(line).url };
}

async function ask(url: string, path: string, headers: Record<string, string>, body?: unknown) {
  const init = { headers, ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }) };
  const response = await fetch(url + path, init);
  return { status: response.status, body: await response.json() };
}

test('killed under load again and again, every answered movement is in the book and none twice', async (t) => {
  const folder = temporaryFolder(t);
  const answered = new Map<string, string>();
  let merchant = '';
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = await startProcess(t, folder);
    const control = { 'control-key': readFileSync(join(folder, 'control.key'), 'utf8').trim() };
    const account = (await ask(url, '/control/accounts', control, { name: 'shop' })).body;
    merchant ||= account.merchant_key;
    assert.equal(account.merchant_key, merchant);
    const died = once(child, 'exit');
    const target = answered.size + 60 + (kill % 7) * 45;
    const caller = async (): Promise<void> => {
      for (;;) {
        const key = `the-key-${next++}`;
        const headers = { 'merchant-key': merchant, 'request-key': key };
        const answer = await ask(url, '/v1/charges', headers, orderOf({ reference: key })).catch(() => undefined);
        if (answer === undefined) return;
        assert.equal(answer.status, 201);
        answered.set(key, answer.body.id);
        if (answered.size === target) child.kill('SIGKILL');
      }
    };
    await Promise.all([...Array.from({ length: CALLERS }, caller), died]);
  }
  const { child, url } = await startProcess(t, folder);
  const control = { 'control-key': readFileSync(join(folder, 'control.key'), 'utf8').trim() };
  const rows = (await ask(url, '/book?format=json', control)).body.data as {
    request_key: string;
    processor_ref: string;
  }[];
  const verdict = (await ask(url, '/book/check', control)).body;
  assert.deepEqual(verdict.violations, []);
  const booked = new Map(rows.map((row) => [row.request_key, row.processor_ref]));
  assert.equal(booked.size, rows.length);
  for (const [key, id] of answered) assert.equal(booked.get(key), id, key);
  assert.ok(answered.size >= KILLS * 60, `only ${answered.size} answers`);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});

test('with --exit-with-parent it ends after its last holder, and a wrong flag is told with exit code 2', async (t) => {
  const folder = temporaryFolder(t);
  const wrong = spawn(process.execPath, [MAIN, '--port', 'many'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const words = wrong.stderr!.setEncoding('utf8').toArray();
  assert.deepEqual(await once(wrong, 'exit'), [2, null]);
  assert.match((await words).join(''), /--port must be a whole number/);

  const { child, url } = await startProcess(t, folder, ['--exit-with-parent']);
  const key = readFileSync(join(folder, 'control.key'), 'utf8').trim();
  const stop = new AbortController();
  const held = await fetch(`${url}/control/hold`, { headers: { 'control-key': key }, signal: stop.signal });
  const reader = held.body!.getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /held/);
  const stats = (await ask(url, '/control/stats', { 'control-key': key })).body;
  assert.equal(stats.connections.holders, 1);
  const saidSo = once(createInterface(child.stderr!), 'line');
  stop.abort();
  assert.match(String(await saidSo), /last holder is gone/);
  // Ten seconds of grace are too long for a test; that it counts them is enough.
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('killed right after its pages have answered, it remembers every decision, and asks on about what is open', async (t) => {
  const folder = temporaryFolder(t);
  const first = await startProcess(t, folder);
  const control = { 'control-key': readFileSync(join(folder, 'control.key'), 'utf8').trim() };
  const merchant = (await ask(first.url, '/control/accounts', control, { name: 'shop' })).body.merchant_key;
  const decisions = ['approve', 'decline', undefined] as const;
  for (const [name, method] of Object.entries(METHODS)) {
    for (const decision of decisions) {
      const key = `the-key-${name}-${decision}`;
      const headers = { 'merchant-key': merchant, 'request-key': key };
      await ask(first.url, '/v1/charges', headers, orderOf({ reference: key, method }));
    }
  }
  const listed = async (url: string) =>
    (await ask(url, '/control/actions', control)).body.data as { request_key: string; url: string }[];
  await Promise.all(
    (await listed(first.url)).map(async ({ request_key: key, url }) => {
      const decision = decisions.find((one) => key.endsWith(`-${one}`));
      if (decision === undefined) return;
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ decision, pin: '1234' }),
      });
      assert.equal(answer.status, 303);
    }),
  );
  const died = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await died;

  const second = await startProcess(t, folder);
  const rows = (await ask(second.url, '/book?format=json', control)).body.data as Record<string, string>[];
  const states = { approve: 'approved', decline: 'declined', undefined: 'action_required' };
  for (const name of Object.keys(METHODS)) {
    for (const decision of decisions) {
      const row = rows.find((one) => one.request_key === `the-key-${name}-${decision}`);
      assert.equal(row?.state, states[decision ?? 'undefined'], `${name} ${decision}`);
    }
  }
  const open = await listed(second.url);
  assert.equal(open.length, Object.keys(METHODS).length);
  for (const { url } of open) assert.equal((await fetch(url)).status, 200);
  second.child.kill();
  await once(second.child, 'exit');
});
