/**
 * Cards, codes and keys that exist nowhere else are typed, charged, declined, saved and lost; then everything that was
 * written is searched for them: each row of each table, the database's own files, the log.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { credentialsOf } from '../../src/app/processor-access.ts';
import { must } from '../../src/lib/assert.ts';
import { MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { hiddenFields } from '../support/payer.ts';
import { untilQuiet } from './quiet.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true });
});
after(() => app.close());

const numbers: string[] = [];
/** Four digits, so that it can be told from other numbers; American Express prints such. */
const code = String(randomInt(1_000, 10_000));

/** An American Express number of the family that is always approved, used by nobody else. */
function canary(): string {
  const digits = `37000094${String(randomInt(1_000_000)).padStart(6, '0')}`;
  const sum = [...digits]
    .reverse()
    .map((digit, i) => (i % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  const number = digits + String((10 - (sum % 10)) % 10);
  numbers.push(number);
  return number;
}

const card = () => ({ number: canary(), expiry: '11/31', cvc: code });

async function pays(fault?: Record<string, unknown>, body: Record<string, unknown> = {}): Promise<void> {
  const session = await app.merchant.createSession(body);
  if (fault !== undefined) await app.control.arm(fault);
  await app.payer.another().pays(session, card(), { save_payment_method: 'true' });
  await untilQuiet(app);
}

test('no card number, security code or key is readable in the database, its files or the log', async () => {
  await pays();
  for (const kind of ['answer_lost', 'malformed', 'truncated', 'http_500_before', 'wrong_reference'])
    await pays({ kind });
  await pays({ kind: 'decline', params: { code: '51' } });
  await pays(undefined, { options: { customer: { name: 'T' }, checkout_options: { save_payment_method: 'always' } } });
  await aSeries();
  await typedWrongly();
  await declinedAndKept();
  await paysWhenTheDatabaseIsGone();
  assert.ok(numbers.length >= 11);

  const tenant = must(await app.program.identities.tenant(app.tenantId), 'the tenant of the test');
  const credentials = await credentialsOf(app.program.app, tenant);
  const secrets = [
    app.merchant.secretKey,
    app.merchant.publicKey,
    credentials.merchant_key,
    credentials.notification_secret,
  ];
  const words = [...numbers, ...secrets.map((secret) => must(secret, 'a secret'))];
  const places: Record<string, string> = { ...(await everyRow()), log: app.logs.join('\n') };
  for (const [place, text] of Object.entries(places)) {
    for (const word of words) {
      assert.ok(!text.includes(word), `${place} holds ${word.slice(0, 6)}…`);
      assert.ok(!text.includes(Buffer.from(word).toString('hex')), `${place} holds ${word.slice(0, 6)}… as bytes`);
    }
    assert.ok(
      !new RegExp(`\\b${code}\\b`).test(text) || process.pid === Number(code),
      `${place} holds the security code`,
    );
    assert.doesNotMatch(text, /"(card_)?(cvc|cvv|cvc2|security_code|securityCode)"/, place);
  }
  await app.database.query('checkpoint');
  const files = await ownFiles();
  for (const [file, bytes] of files)
    for (const word of words) assert.ok(!bytes.includes(word), `${file} holds ${word.slice(0, 6)}…`);
  // The search finds what is there: the tenant's id stands in rows and in files.
  assert.ok(places['public.attempts']?.includes(app.tenantId));
  assert.ok(files.length === 0 || files.some(([, bytes]) => bytes.includes(app.tenantId)));
});

async function aSeries(): Promise<void> {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.another().pays(session, card());
  const reply = await app.merchant.chargeNext(await app.merchant.session(session.id));
  assert.equal(reply.body.payment_outcome, 'paid');
}

/** A right number beside a wrong date, a wrong number, and a number in the field of the name. */
async function typedWrongly(): Promise<void> {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await payer.pays(session, { ...card(), expiry: '13/31' });
  await payer.pays(session, { ...card(), number: `${canary().slice(0, -1)}x` });
  await payer.pays(session, { ...card(), expiry: '01/20' }, { card_name: canary() });
}

async function declinedAndKept(): Promise<void> {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await app.control.arm({ kind: 'decline', params: { code: '51' } });
  await payer.pays(session, card());
  const page = await payer.open(session);
  const fields = { payment_method: 'kept_card', card_number: '', card_expiry: '', card_cvc: code };
  const paid = await payer.press(session, 'pay', { ...hiddenFields(page.html, 'pay'), ...fields });
  assert.equal(paid.state, 'paid');
}

/** What is logged when writing fails in the midst of a payment. */
async function paysWhenTheDatabaseIsGone(): Promise<void> {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  const page = await payer.open(session);
  await app.database.query('alter table attempts rename to attempts_away');
  await payer.submit(session, page, card());
  await app.database.query('alter table attempts_away rename to attempts');
  assert.equal((await payer.submit(session, await payer.open(session), card())).state, 'paid');
  app.clock.advance(30 * MINUTE);
  await app.runDue();
}

/** Each table of the database as text. */
async function everyRow(): Promise<Record<string, string>> {
  const tables = await app.database.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await app.database.query<{ row: string }>(`select row_to_json(t)::text as row from ${name} t`);
    texts[name] = rows.map(({ row }) => row).join('\n');
  }
  return texts;
}

/** The files of this database and the write-ahead log, where the server runs on this machine. */
async function ownFiles(): Promise<[string, Buffer][]> {
  const [place] = await app.database.query<{ folder: string; oid: number }>(
    `select current_setting('data_directory') as folder, oid::int as oid from pg_database where datname = current_database()`,
  );
  const folders = [join(place!.folder, 'base', String(place!.oid)), join(place!.folder, 'pg_wal')].filter(existsSync);
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile())
      .map((file): [string, Buffer] => [file, readFileSync(file)]),
  );
}
