/** `tender logs` beside a running server: what was asked, what is asked meanwhile, and one request whole. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { cleanEnvironment } from '../../scripts/demo/tender-process.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'tender-logs-'));
let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true, realTime: true });
});
after(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

function started(args: string[]): ChildProcess {
  return spawn(
    process.execPath,
    ['src/cli/tender.mjs', 'logs', ...args, '--url', app.url, '--key', app.merchant.secretKey],
    {
      cwd: PROJECT_FOLDER,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), TENDER_DATA_DIR: folder },
    },
  );
}

async function run(...args: string[]): Promise<{ code: number; printed: string; words: string }> {
  const child = started(args);
  const [printed, words, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')]);
  return { code, printed, words };
}

const asks = async (method: string, path: string, body?: Json): Promise<string> => {
  const reply = await app.merchant.call(method, path, body);
  await app.program.requestLog!.flush();
  return reply.headers.get('request-id') as string;
};

test('the last requests are printed, oldest first, a line each, with what they were refused for', async () => {
  const made = await asks('GET', '/collect/customers?limit=5');
  const refused = await asks('POST', '/collect/payment_sessions', { amount: 1 });
  const { code, printed, words } = await run('tail', '--no-follow', '--lines', '2');
  assert.deepEqual([code, words], [0, '']);
  const [first, second, ...more] = printed.trimEnd().split('\n');
  assert.match(first!, new RegExp(`^[\\d:.]{12}  200  GET     /collect/customers\\?limit=5  \\d+ ms  ${made}$`));
  assert.match(
    second!,
    new RegExp(`^[\\d:.]{12}  400  POST    /collect/payment_sessions  \\d+ ms  ${refused}  invalid_request$`),
  );
  assert.deepEqual(more, []);
});

test('what is asked while it follows is printed once, also over a restart of the server, and an interrupt ends it with 0', async () => {
  const child = started(['tail', '--json', '--lines', '1', '--path', '/collect/payments']);
  const known = await asks('GET', '/collect/payments?limit=1');
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const words = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
  const next = async (): Promise<Json> => JSON.parse((await lines.next()).value as string);
  // Asked before it looked, or after: either way it is shown once.
  assert.equal((await next()).id, known);
  const id = await asks('GET', '/collect/payments?limit=2');
  await asks('GET', '/collect/events');
  const shown = await next();
  assert.deepEqual([shown.id, shown.query, 'answer_body' in shown], [id, { limit: 2 }, false]);
  const before = app;
  const port = Number(new URL(app.url).port);
  await app.stop();
  assert.match((await words.next()).value as string, /^No server answers at .*Trying again each second/);
  app = await testApp({ requestLog: true, realTime: true, on: before, port });
  const after = await asks('GET', '/collect/payments?limit=3');
  assert.equal((await next()).id, after);
  assert.equal((await words.next()).value, 'The server answers again.');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  assert.deepEqual(await lines.next(), { done: true, value: undefined });
});

test('one request is printed with its bodies', async () => {
  const id = await asks('POST', '/collect/customers', { name: 'Thandi', external_reference: 'c-1' });
  const { code, printed } = await run('get', id, '--json');
  assert.equal(code, 0);
  assert.equal(printed.trimEnd().split('\n').length, 1);
  const shown = JSON.parse(printed);
  assert.deepEqual(shown.request_body, { name: '[redacted]', external_reference: 'c-1' });
  assert.deepEqual([shown.status, shown.answer_body.external_reference], [201, 'c-1']);
});

test('what is not there ends with 1, what the server refuses too, and wrong words with 2', async () => {
  const missing = await run('get', `req_${'0'.repeat(24)}`);
  assert.deepEqual([missing.code, missing.printed], [1, '']);
  assert.match(missing.words, /There is no such request in the log/);
  const refused = await run('tail', '--status', 'teapot');
  assert.equal(refused.code, 1);
  assert.match(refused.words, /query\/status/);
  for (const args of [[], ['tale'], ['tail', '--lines', '101'], ['tail', '--lines', 'x'], ['tail', '--nonsense']])
    assert.equal((await run(...args)).code, 2, args.join(' '));
});
