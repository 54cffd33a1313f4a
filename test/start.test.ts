/**
 * `npm start` over its life, on one data folder and the real command: first start, restart, SIGTERM in the middle of a
 * payment, sudden death in the middle of another. The tests build on each other, in this order.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import {
  cleanEnvironment,
  newDataFolder,
  removeDataFolder,
  startTender,
  type TenderProcess,
} from '../scripts/demo/tender-process.ts';
import type { Ready } from '../src/cli/announce.ts';
import { processRuns } from '../src/embedded/process-table.ts';
import { type Json, Merchant } from './support/merchant.ts';
import { cards, hiddenFields, Payer } from './support/payer.ts';
import { PROJECT_FOLDER } from './support/source-tree.ts';

const dataDir = newDataFolder();
let ports: { api: number; sandbox: number };
/** Holds the ports that the server would like to have. */
let busy: Server[];
let first: Ready;
let created: Json;
let tender: TenderProcess;

before(async () => {
  busy = [await listener(), await listener()];
  const [api, sandbox] = busy.map(portOf) as [number, number];
  ports = { api, sandbox };
});
after(async () => {
  if (processRuns(tender.child.pid!)) await tender.stop();
  for (const server of busy) server.close();
  removeDataFolder(dataDir);
});

test('npm start prints addresses, keys and a line in this order, takes free ports for busy ones and says so', async () => {
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), ...settings() },
  });
  const [words, printed] = [heard(npm.stderr), heard(npm.stdout)];
  await Promise.race([printed.has('Ctrl-C stops everything'), once(npm, 'exit')]);
  const order = ['API', 'Dashboard', 'Secret key', 'Public key', 'curl '].map((word) => printed.text().indexOf(word));
  assert.ok(!order.includes(-1), printed.text() + words.text());
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  first = facts();
  for (const shown of [first.api_url, first.dashboard_url, first.secret_key, first.public_key])
    assert.ok(printed.text().includes(shown), `${shown} is printed`);
  assert.match(words.text(), new RegExp(`Port ${ports.api} is taken`));
  assert.match(words.text(), new RegExp(`Port ${ports.sandbox} is taken`));
  assert.notEqual(Number(new URL(first.api_url).port), ports.api);

  const line = /^ *(curl .*)$/m.exec(printed.text())![1]!;
  const { stdout } = await promisify(execFile)('bash', ['-c', line]);
  created = JSON.parse(stdout);
  assert.equal(created.status, 'active');
  assert.equal((await fetch(created.session_url)).status, 200);

  process.kill(first.pid, 'SIGTERM');
  assert.deepEqual(await once(npm, 'exit'), [0, null]);
});

test('the second start prints one line of JSON with the same keys, and what was there is still there', async (t) => {
  busy[0]!.close();
  const startedAt = performance.now();
  tender = await startTender({ dataDir, environment: settings() });
  t.diagnostic(`ready after ${Math.round(performance.now() - startedAt)} ms`);
  assert.equal(tender.printed().trimEnd().split('\n').length, 1);
  const { pid, api_url, checkout_url, dashboard_url, ...same } = tender.ready;
  assert.deepEqual(same, {
    sandbox_url: first.sandbox_url,
    secret_key: first.secret_key,
    public_key: first.public_key,
    account_id: first.account_id,
  });
  assert.equal(api_url, `http://localhost:${ports.api}`, 'the wanted port is free again');
  assert.deepEqual([checkout_url, dashboard_url, pid], [api_url, `${api_url}/dashboard`, tender.child.pid]);
  assert.equal((await merchant().session(created.id)).id, created.id);
});

test('keys and sandbox secrets lie in files that only their owner reads', () => {
  for (const name of ['server.json', 'master.key', 'sandbox/control.key', 'sandbox/accounts.json'])
    assert.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name);
});

test('a second start on the same folder is refused with words, and disturbs nothing', async () => {
  await assert.rejects(startTender({ dataDir }), new RegExp(`in use by process ${tender.child.pid}`));
  assert.equal((await merchant().session(created.id)).id, created.id);
});

test('SIGTERM lets a payment under way finish and answers it, then database and server are gone within 20 s', async (t) => {
  const database = databasePid();
  const session = await merchant().createSession();
  const { paying } = await payUnderWay(session);
  const startedAt = performance.now();
  const [ended, page] = await Promise.all([tender.stop(), paying]);
  t.diagnostic(`ended after ${Math.round(performance.now() - startedAt)} ms`);
  assert.ok(performance.now() - startedAt < 20_000);
  assert.deepEqual(ended, { code: 0, signal: null });
  assert.equal(page.status, 303, 'the payer was answered');
  assert.equal(processRuns(database), false);

  tender = await startTender({ dataDir, environment: settings() });
  assert.equal((await merchant().session(session.id)).payment_outcome, 'paid');
});

test('after kill -9 in the middle of a payment the next start takes up database and sandbox, and the card is charged once', async () => {
  const session = await merchant().createSession();
  const before = { database: databasePid(), sandbox: sandboxPid() };
  const { paying } = await payUnderWay(session);
  tender.child.kill('SIGKILL');
  await Promise.allSettled([paying, tender.ended]);

  tender = await startTender({ dataDir, environment: settings() });
  assert.deepEqual({ database: databasePid(), sandbox: sandboxPid() }, before);
  assert.equal((await merchant().session(created.id)).id, created.id);
  // What is known is shown: the bank may have the payment, so nobody is invited to pay again.
  const page = await new Payer(tender.ready.api_url).open(session);
  assert.match(page.state, /^(processing|checking)$/);
  assert.ok(!page.html.includes('id="card_number"'));
  // Our own call might still have been under way for up to 27 s; then the bank is asked.
  let told = { state: page.state, version: Number(/data-version="(\d+)"/.exec(page.html)![1]) };
  while (/^(processing|checking)$/.test(told.state)) {
    const status = await fetch(`${session.session_url}/status?version=${told.version}`);
    told = (await status.json()) as typeof told;
  }
  assert.equal(told.state, 'paid');
  const paid = await merchant().session(session.id);
  assert.equal(paid.payment_outcome, 'paid');
  assert.deepEqual(
    (await merchant().attempts(paid.payment_id)).map((attempt) => attempt.status),
    ['succeeded'],
  );
});

function settings(): Record<string, string> {
  return {
    TENDER_DATA_DIR: dataDir,
    TENDER_PORT: String(ports.api),
    TENDER_SANDBOX_PORT: String(ports.sandbox),
    TENDER_SANDBOX_LATENCY: '0',
  };
}

function facts(): Ready {
  return JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8')) as Ready;
}

function merchant(): Merchant {
  const { api_url, secret_key, public_key } = tender.ready;
  return new Merchant(api_url, secret_key, public_key);
}

function databasePid(): number {
  return Number(readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
}

function sandboxPid(): number {
  return (JSON.parse(readFileSync(join(dataDir, 'sandbox/lock'), 'utf8')) as { pid: number }).pid;
}

/** Presses Pay with a bank that takes its time; resolves once the bank has the request, with the page's answer to come. */
async function payUnderWay(session: Json): Promise<{ paying: Promise<{ status: number }> }> {
  const { sandbox_url } = tender.ready;
  const headers = {
    'control-key': readFileSync(join(dataDir, 'sandbox/control.key'), 'utf8').trim(),
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ kind: 'slow', params: { ms: 1_500 } });
  assert.ok((await fetch(`${sandbox_url}/control/faults`, { method: 'POST', headers, body })).ok);
  const known = await bookLines();
  const paying = answerOfPay(session);
  paying.catch(() => undefined);
  while ((await bookLines()) === known);
  return { paying };

  async function bookLines(): Promise<number> {
    return (await (await fetch(`${sandbox_url}/book`, { headers })).text()).split('\n').length;
  }
}

/** Pays like the form does, and stops at the answer: where it leads may be gone by then. */
async function answerOfPay(session: Json): Promise<{ status: number }> {
  const page = await new Payer(tender.ready.api_url).open(session);
  const typed = { payment_method: 'card', card_number: cards.approved, card_expiry: '12/34', card_cvc: '123' };
  const body = new URLSearchParams({ ...hiddenFields(page.html, 'pay'), ...typed });
  const answer = await fetch(`${session.session_url}/pay`, { method: 'POST', redirect: 'manual', body });
  await answer.arrayBuffer();
  return { status: answer.status };
}

async function listener(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** What a stream says, and when it has said something. */
function heard(stream: NodeJS.ReadableStream): { text(): string; has(words: string): Promise<void> } {
  let all = '';
  const listeners: (() => void)[] = [];
  stream.on('data', (chunk: Buffer) => {
    all += chunk.toString();
    for (const look of listeners) look();
  });
  return {
    text: () => all,
    has: (words) =>
      new Promise((resolve) => {
        const look = () => all.includes(words) && resolve();
        listeners.push(look);
        look();
      }),
  };
}
