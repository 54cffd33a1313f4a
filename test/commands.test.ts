/**
 * The `tender` commands beside a running `tender dev`, as a person types them: words, exit codes (0 done, 1 failed, 2 wrong
 * words), one line of JSON where it is asked for, and keys that work and stop working.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import {
  cleanEnvironment,
  newDataFolder,
  removeDataFolder,
  startTender,
  type TenderProcess,
} from '../scripts/demo/tender-process.ts';
import { type TestDatabase, testDatabase } from './support/database.ts';
import { type Json, Merchant } from './support/merchant.ts';
import { cards, Payer } from './support/payer.ts';
import { PROJECT_FOLDER } from './support/source-tree.ts';
import { declinesCharges } from './support/test-cards.ts';

const dataDir = newDataFolder();
let database: TestDatabase;
let tender: TenderProcess;

before(async () => {
  database = await testDatabase();
  const environment = { DATABASE_URL: database.url, TENDER_SANDBOX_LATENCY: '0' };
  tender = await startTender({ dataDir, environment });
});
after(async () => {
  await tender?.stop();
  await database.drop();
  removeDataFolder(dataDir);
});

interface Run {
  code: number;
  printed: string;
  words: string;
}

/** Runs `tender …` in a shell that knows nothing but the data folder. */
async function run(args: string[], environment: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, ['src/cli/tender.mjs', ...args], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), TENDER_DATA_DIR: dataDir, ...environment },
  });
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, printed, words };
}

/** One line of JSON on stdout and nothing else. */
async function json(...args: string[]): Promise<Json> {
  const { code, printed, words } = await run([...args, '--json']);
  assert.equal(code, 0, words);
  assert.equal(printed.trimEnd().split('\n').length, 1);
  return JSON.parse(printed);
}

function merchantWith(key: string): Merchant {
  return new Merchant(tender.ready.api_url, key, '');
}

test('help names every command, examples first, and each command has its own', async () => {
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.printed, /^Examples:/);
  const names = [...help.printed.matchAll(/^ {2}([a-z]+) {2}/gm)].map((match) => match[1]!);
  assert.ok(names.includes('dev') && names.includes('keys'), names.join());
  for (const name of ['dev', 'keys', 'sandbox', 'keys create', 'keys craete']) {
    const own = await run([...name.split(' '), '--help']);
    assert.equal(own.code, 0, name);
    assert.match(own.printed, /^Examples:/, name);
  }
});

test('wrong words end with 2 and say what was meant; what cannot be done ends with 1 and says why', async () => {
  const cases: [args: string[], code: number, words: RegExp, environment?: Record<string, string>][] = [
    [[], 2, /^$/],
    [['kyes'], 2, /no command "kyes".*Did you mean "keys"\?/],
    [['frobnicate'], 2, /no command "frobnicate"\.\n/],
    [['dev', '--fast'], 2, /'--fast'/],
    [['keys'], 2, /create, list or revoke/],
    [['keys', 'list', '--mode', 'staging'], 2, /--mode is test or live/],
    [['keys', 'create', '--type', 'master'], 2, /--type is secret or public/],
    [['keys', 'list', '--account', 'acc_unknown'], 2, /no account acc_unknown/],
    [['cards'], 2, /list or unblock/],
    [['cards', 'unblock', '--note', 'why'], 2, /--card/],
    [['cards', 'unblock', '--card', 'pmt_x', '--note', ' '], 2, /--note/],
    [['accounts', 'create'], 2, /needs a name/],
    [['accounts', 'create', 'Mars', '--time-zone', 'Mars/Olympus'], 2, /--time-zone is an IANA name/],
    [['clock'], 2, /tender clock show, advance or set/],
    [['clock', 'advance'], 2, /how far/],
    [['clock', 'set', '1d'], 2, /"1d" is no instant/],
    [['clock', 'advance', 'soon'], 2, /"soon" is no way to go/],
    [['clock', 'advance', 'to', '2020-01-01'], 2, /only moves forward/],
    [['clock', 'advance', '1001y'], 2, /further than any clock goes/],
    [['clock', 'show', '--url', 'http://127.0.0.1:9'], 2, /--key or TENDER_SECRET_KEY/],
    [['clock', 'show', '--url', 'http://127.0.0.1:9', '--key', 'sk_test_x'], 1, /No server answers at/],
    [['clock', 'show', '--key', 'sk_test_x'], 1, /mistyped, unknown or revoked/],
    [['migrate'], 1, /DATABASE_URL is not set/],
    [
      ['keys', 'list'],
      1,
      /TENDER_PORT: .*not "http"[\s\S]*TENDER_LOG_LEVEL/,
      { TENDER_PORT: 'http', TENDER_LOG_LEVEL: 'loud' },
    ],
    [['keys', 'list'], 1, /start `npm start` here first/, { TENDER_DATA_DIR: `${dataDir}/elsewhere` }],
  ];
  for (const [args, code, words, environment] of cases) {
    const told = await run(args, environment);
    assert.equal(told.code, code, `tender ${args.join(' ')}: ${told.words}`);
    assert.match(told.words, words);
    assert.doesNotMatch(told.words, /\n {4}at /, 'no stack of ours');
  }
});

test('a new account is listed, its key takes a test payment at once, and keys need to say whose they are', async () => {
  const made = await json('accounts', 'create', 'Blue Door Books');
  assert.match(made.account_id, /^acc_/);
  const listed = await json('accounts', 'list');
  assert.deepEqual(
    listed.data.map((account: Json) => account.name),
    ['Demo', 'Blue Door Books'],
  );
  const unclear = await run(['keys', 'list']);
  assert.equal(unclear.code, 2);
  assert.ok(unclear.words.includes(made.account_id));

  const { key } = await json('keys', 'create', '--account', made.account_id);
  assert.match(key, /^sk_test_/);
  const session = await merchantWith(key).createSession();
  assert.equal((await new Payer(tender.ready.api_url).pays(session, cards.approved)).state, 'paid');
});

test('commands that speak to a server find the one that runs here, and the account that it printed', async () => {
  const made = await json('sessions', 'create', '--amount', '2000', '--currency', 'ZAR');
  const session = await merchantWith(tender.ready.secret_key).session(made.id);
  assert.deepEqual(session, made);
  const elsewhere = await run(['sessions', 'get', made.id], { TENDER_URL: 'http://127.0.0.1:1' });
  assert.equal(elsewhere.code, 2, 'the key that lies here is not sent to another server');
  assert.match(elsewhere.words, /--key or TENDER_SECRET_KEY/);
});

test('a live key works, sees nothing of the test side, and reaches no sandbox', async () => {
  const { key, mode } = await json('keys', 'create', '--account', tender.ready.account_id, '--mode', 'live');
  assert.match(key, /^sk_live_/);
  assert.equal(mode, 'live');
  const merchant = merchantWith(key);
  const { status, body } = await merchant.call('GET', '/collect/payment_sessions');
  assert.deepEqual([status, body.data], [200, []]);
  const session = await merchant.createSession();
  assert.equal(session.mode, 'live');
  assert.equal((await new Payer(tender.ready.api_url).open(session)).state, 'not_available');
});

test('a revoked key stops working within a second, and the list says so', async () => {
  const account = ['--account', tender.ready.account_id];
  const made = await json('keys', 'create', ...account);
  const merchant = merchantWith(made.key);
  const asks = async (): Promise<number> => (await merchant.call('GET', '/collect/payment_sessions?limit=1')).status;
  assert.equal(await asks(), 200);
  assert.equal((await json('keys', 'revoke', made.id, ...account)).revoked, true);
  const revokedAt = performance.now();
  while ((await asks()) === 200) assert.ok(performance.now() - revokedAt < 1_000, 'still good after a second');
  const { data } = await json('keys', 'list', ...account);
  const row = data.find((key: Json) => key.id === made.id);
  assert.ok(row.revoked_at);
  assert.ok(made.key.startsWith('sk_test_') && !JSON.stringify(data).includes(made.key), 'keys are never listed');
});

test('revoking what is no key of that account fails and says so', async () => {
  const { code, words } = await run(['keys', 'revoke', 'key_unknown', '--account', tender.ready.account_id]);
  assert.equal(code, 1);
  assert.match(words, /no key key_unknown/i);
});

test('a card that a bank closed is listed, freed with a note, and charged again', async () => {
  const account = ['--account', tender.ready.account_id];
  const merchant = merchantWith((await json('keys', 'create', ...account)).key);
  const options = { customer: { name: 'Thandi' } };
  const session = await merchant.createSession({ type: 'first_in_series', options });
  await new Payer(tender.ready.api_url).pays(session, declinesCharges('visa', '43'));
  const token = await merchant.session(session.id);
  assert.equal((await merchant.chargeNext(token)).body.last_payment_error.decline_code, 'stolen_card');
  assert.equal((await merchant.chargeNext(token)).body.code, 'retry_not_allowed');
  const { data } = await json('cards', 'list', ...account);
  assert.deepEqual(
    data.map((block: Json) => [block.rule, block.answer, block.payment_method_ids]),
    ['house.hard', 'visa.never'].map((rule) => [rule, '43', [token.payment_method_id]]),
  );
  const card = ['--card', token.payment_method_id, '--note', 'The bank called'];
  assert.deepEqual((await json('cards', 'unblock', ...card, ...account)).lifted.toSorted(), [
    'house.hard',
    'visa.never',
  ]);
  assert.equal((await merchant.chargeNext(token)).status, 201);
  const nothing = await run(['cards', 'unblock', '--card', 'unknown', '--note', 'x', ...account]);
  assert.deepEqual([nothing.code, /No block stands on card unknown/.test(nothing.words)], [1, true]);
});

test('the clock of an account is shown, moved by a distance and to an instant, and sessions expire on the way', async () => {
  const { account_id } = await json('accounts', 'create', 'Clockmakers', '--time-zone', 'africa/johannesburg');
  const { key } = await json('keys', 'create', '--account', account_id);
  const merchant = merchantWith(key);
  assert.equal((await merchant.call('GET', '/collect/settings')).body.time_zone, 'Africa/Johannesburg');
  const session = await merchant.createSession();
  const shown = await json('clock', 'show', '--key', key);
  assert.deepEqual([shown.offset_seconds, shown.next_due_at], [0, session.expires_at]);
  const minute = await json('clock', 'advance', '60s', '--key', key);
  assert.equal(minute.moved_seconds, 60);
  const month = await json('clock', 'advance', '1mo', '--key', key);
  assert.ok(month.moved_seconds >= 28 * 86_400 - 60 && month.moved_seconds <= 31 * 86_400, `${month.moved_seconds}`);
  assert.equal((await merchant.session(session.id)).status, 'expired');
  const next = new Date(Date.parse(month.now) + 36 * 3_600_000).toISOString();
  const told = await run(['clock', 'advance', 'to', next], { TENDER_SECRET_KEY: key });
  assert.equal(told.code, 0, told.words);
  assert.match(
    told.printed,
    /ahead of real time\.\nMoved by 1 day 1\d:\d\d:\d\d; all that fell due is done\.\nNothing is due later\./,
  );
  const day = (instant: string): string => new Date(Date.parse(instant) + 5 * 86_400_000).toISOString().slice(0, 10);
  const set = await json('clock', 'set', day(next), '--key', key);
  assert.ok(set.now.startsWith(day(next)), set.now);
  assert.match(
    (await run(['clock', 'show'])).printed,
    /as everywhere/,
    'the account of the start has a clock of its own',
  );
});
