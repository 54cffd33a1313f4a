/**
 * Commands that speak to a running server, as people and scripts run them: tables and JSON, errors that say what to do, exit codes, and
 * what a shell does with them.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { cleanEnvironment } from '../../scripts/demo/tender-process.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, Payer } from '../support/payer.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'tender-resources-'));
let app: TestApp;
before(async () => {
  app = await testApp();
});
after(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const ESCAPE = '\u001b';

interface Run {
  code: number | null;
  printed: string;
  words: string;
}

async function run(args: string[], environment: Record<string, string> = {}, input = ''): Promise<Run> {
  const child = spawn(process.execPath, ['src/cli/tender.mjs', ...args], {
    cwd: PROJECT_FOLDER,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...cleanEnvironment(),
      TENDER_DATA_DIR: folder,
      TENDER_URL: app.url,
      TENDER_SECRET_KEY: app.merchant.secretKey,
      ...environment,
    },
  });
  child.stdin.end(input);
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, printed, words };
}

async function json(...args: string[]): Promise<Json> {
  const { code, printed, words } = await run([...args, '--json']);
  assert.equal(code, 0, words);
  assert.equal(printed.trimEnd().split('\n').length, 1);
  return JSON.parse(printed);
}

async function paid(options: Json = {}): Promise<Json> {
  const session = await app.merchant.createSession(options);
  await new Payer(app.url).pays(session, cards.approved);
  return app.merchant.session(session.id);
}

test('a session is made of options, printed with its page and the code of it, and opened on request', async () => {
  const opened = join(folder, 'opened');
  const browser = join(folder, 'browser.sh');
  writeFileSync(browser, `#!/bin/sh\nprintf '%s' "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`, {
    mode: 0o755,
  });
  const words = ['--amount', '2000', '--currency', 'ZAR', '--customer-name', 'Thandi', '--metadata', 'till=4'];
  const { code, printed } = await run(['sessions', 'create', ...words, '--qr', '--open'], { BROWSER: browser });
  assert.equal(code, 0);
  assert.match(printed, /^amount +ZAR 20\.00$/m);
  assert.match(printed, /^metadata\.till +4$/m);
  assert.match(printed, /^████ ▄▄▄▄▄ █/m);
  const page = /^session_url +(\S+)$/m.exec(printed)![1];
  for (;;) {
    // The browser is a process of its own that nobody waits for.
    const read = await run(['sessions', 'list', '--limit', '1', '--json']);
    assert.equal(read.code, 0);
    try {
      assert.equal(readFileSync(opened, 'utf8'), page);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
});

test('--json prints what the API answers, in one line, and options are put into --data, a file or standard input', async () => {
  const file = join(folder, 'session.json');
  writeFileSync(file, JSON.stringify({ amount: 1, currency: 'EUR', metadata: { a: '1' } }));
  const made = await json('sessions', 'create', '--data', `@${file}`, '--amount', '700', '--metadata', 'b=2');
  assert.deepEqual(made, await app.merchant.session(made.id));
  assert.deepEqual([made.amount, made.metadata], [700, { b: '2' }]);
  const key = ['--idempotency-key', 'order-77', '--json'];
  const again = [];
  for (const _ of [1, 2])
    again.push(await run(['sessions', 'create', '--data', '@-', ...key], {}, '{"amount":5,"currency":"ZAR"}'));
  assert.equal(again[0]!.printed, again[1]!.printed, 'the same key made one session');
  const { data } = (await app.merchant.call('GET', '/collect/payment_sessions?limit=2')).body as Json;
  assert.deepEqual(await json('sessions', 'list', '--limit', '2'), data);
});

test('lists are tables, say when there is more, take filters, and --all goes through every page', async () => {
  for (let number = 0; number < 25; number++) await app.merchant.createSession({ external_reference: 'list-25' });
  const first = await run(['sessions', 'list', '--reference', 'list-25']);
  assert.equal(first.printed.trimEnd().split('\n').length, 21, 'a head and twenty rows');
  assert.match(first.printed, /^ID +STATUS +PAYMENT OUTCOME +AMOUNT +TYPE +EXTERNAL REFERENCE +CREATED\n/);
  assert.match(first.words, /There are more: --limit 100 or --all/);
  assert.equal((await json('sessions', 'list', '--reference', 'list-25', '--all')).length, 25);
  const none = await run(['sessions', 'list', '--reference', 'nobody']);
  assert.deepEqual([none.code, none.printed, none.words], [0, '', 'None.\n']);
});

test('a payment is shown, refunded in part, and its refund is listed; what cannot be done ends with 1 and says what to do', async () => {
  const { payment_id: id } = await paid();
  assert.equal((await json('payments', 'get', id)).status, 'succeeded');
  assert.equal((await json('payments', 'attempts', id)).length, 1);
  const refund = await json('payments', 'refund', id, '--amount', '500', '--reason', 'duplicate');
  assert.deepEqual([refund.amount, refund.reason], [500, 'duplicate']);
  assert.deepEqual(await json('refunds', 'list', '--payment', id), [refund]);
  assert.equal((await json('refunds', 'get', refund.id)).id, refund.id);
  const refused = await run(['payments', 'refund', id, '--amount', '999999']);
  assert.equal(refused.code, 1);
  assert.match(refused.words, /^\w+ \(4\d\d\): .+\n[\s\S]*^What to do: .+\nRequest: req_\w+ /m);
  assert.equal(refused.printed, '');
});

test('a mandate is checked and revoked, and a subscription paused, resumed and cancelled', async () => {
  const options = {
    customer: { name: 'Thandi' },
    mandate_options: { type: 'scheduled', amount: 10000, recurrence: { type: 'monthly', interval_count: 1 } },
    subscription_options: {},
  };
  const session = await paid({ type: 'first_in_series', amount: 10000, options });
  const mandate = session.mandate_id;
  assert.deepEqual(
    (await json('mandates', 'list', '--status', 'active')).map(({ id }: Json) => id),
    [mandate],
  );
  const subscription = session.subscription_id;
  if (subscription !== undefined) {
    for (const [verb, status] of [
      ['pause', 'paused'],
      ['resume', 'active'],
      ['cancel', 'cancelled'],
    ] as const)
      assert.equal((await json('subscriptions', verb, subscription)).status, status);
    assert.equal((await json('subscriptions', 'get', subscription)).status, 'cancelled');
  }
  const check = await json('mandates', 'check', mandate, '--amount', '99999999', '--currency', 'ZAR');
  assert.deepEqual([check.allowed, check.violations.length > 0], [false, true]);
  assert.equal((await json('mandates', 'revoke', mandate, '--reason', 'customer_request')).status, 'revoked');
});

test('an event is sent again to its endpoints, and what an endpoint missed is replayed', async () => {
  const received: string[] = [];
  const receiver = createServer((request, response) => {
    received.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
    const missed = await app.merchant.createSession();
    await app.runDue();
    const endpoint = await json('webhooks', 'create', url, '--event-type', 'payment_session.created');
    assert.match(endpoint.secret, /^whsec_/);
    const [event] = await json('events', 'list', '--object', missed.id);
    const never = await run(['events', 'resend', event.id]);
    assert.equal(never.code, 1);
    assert.match(never.words, /was never sent to any endpoint.*tender events replay/s);
    const recovery = await json('events', 'replay', endpoint.id, '--since', event.timestamp);
    assert.equal(recovery.webhook_endpoint_id, endpoint.id);
    await app.runDue();
    assert.ok(received.includes(event.id), 'the endpoint has what it missed');
    const [delivery] = await json('events', 'resend', event.id, '--endpoint', endpoint.id);
    assert.equal(delivery.event_id, event.id);
    await app.runDue();
    assert.equal(received.filter((id) => id === event.id).length, 2);
    assert.notEqual((await json('webhooks', 'rotate-secret', endpoint.id)).secret, endpoint.secret);
    assert.deepEqual((await run(['webhooks', 'delete', endpoint.id])).printed, 'Done.\n');
  } finally {
    receiver.close();
  }
});

test('events without a filter are the newest ones, with one they begin with the first, and all are all', async () => {
  const all = await json('events', 'list', '--all');
  assert.deepEqual(
    all.map(({ sequence }: Json) => sequence),
    all.map((_: Json, at: number) => at + 1),
  );
  assert.ok(all.length > 20);
  assert.deepEqual(await json('events', 'list'), all.slice(-20));
  assert.deepEqual(await json('events', 'list', '--limit', '3', '--after', '0'), all.slice(0, 3));
});

test('mistakes end with 2 or 1 and say what to do next', async () => {
  const cases: [args: string[], code: number, words: RegExp, environment?: Record<string, string>][] = [
    [
      ['sessions', 'create', '--amount', '20.00'],
      2,
      /--amount is a whole number.*20\.00 is 2000[\s\S]*tender sessions create --amount/,
    ],
    [['sessions', 'create', '--data', '[1]'], 2, /--data is a JSON object/],
    [['sessions', 'create', '--data', '@nowhere.json'], 2, /nowhere\.json cannot be read \(ENOENT\)/],
    [['sessions', 'create', '--metadata', 'till'], 2, /--metadata is NAME=VALUE/],
    [['sessions', 'list', '--limit', '0'], 2, /--limit is a number from 1 on/],
    [['sessions', 'lits'], 2, /Did you mean "list"\?[\s\S]*tender sessions list --status completed/],
    [
      ['sessions', 'create', '--amount', '5'],
      1,
      /invalid_request \(400\): .*currency[\s\S]*What to do: Mend the fields/,
    ],
    [['sessions', 'get', 'ps_x'], 1, /payment_session_not_found \(404\)[\s\S]*same account and mode/],
    [['events', 'replay', 'whe_x'], 2, /Since when\?/],
    [['sessions', 'list', '--key', 'sk_test_wrong'], 1, /unauthorized \(401\)[\s\S]*tender keys list/],
    [['sessions', 'list', '--key', 'secret'], 1, /That is not an API key/],
    [
      ['sessions', 'list'],
      1,
      /No server answers at http:\/\/127\.0\.0\.1:1 [\s\S]*npm start.*TENDER_URL/,
      { TENDER_URL: 'http://127.0.0.1:1' },
    ],
    [
      ['sessions', 'list'],
      2,
      /Which server\? Start one here with `npm start`, or name one with --url or TENDER_URL/,
      { TENDER_URL: '' },
    ],
  ];
  for (const [args, code, words, environment] of cases) {
    const told = await run(args, environment);
    assert.equal(told.code, code, `tender ${args.join(' ')}: ${told.words}`);
    assert.match(told.words, words);
    assert.equal(told.printed, '', 'nothing for a script to mistake for data');
    assert.doesNotMatch(told.words, /\n {4}at /);
  }
});

test('colours are for terminals: none when piped, and NO_COLOR has the last word', async () => {
  const list = ['sessions', 'list', '--limit', '1'];
  assert.equal((await run(list)).printed.includes(ESCAPE), false);
  assert.ok((await run(list, { FORCE_COLOR: '1' })).printed.includes(`${ESCAPE}[3`));
  assert.equal((await run(list, { FORCE_COLOR: '1', NO_COLOR: '1' })).printed.includes(ESCAPE), false);
});

test('who stops reading ends the command quietly', { skip: process.platform === 'win32' }, async () => {
  for (const args of ['sessions list --all', 'sessions list --all --json', 'sessions create --help']) {
    const child = spawn(
      'bash',
      ['-c', `"${process.execPath}" src/cli/tender.mjs ${args} | head -c 1; exit \${PIPESTATUS[0]}`],
      {
        cwd: PROJECT_FOLDER,
        env: { ...cleanEnvironment(), TENDER_URL: app.url, TENDER_SECRET_KEY: app.merchant.secretKey },
      },
    );
    const [words, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.deepEqual([code, words], [0, ''], args);
  }
});
