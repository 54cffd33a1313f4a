/**
 * What must hold in every world, however it was treated: statements that must find no row, our book held against the
 * processor's, and what the merchant was told held against what stands. Each answer is a list of sentences; empty is good.
 */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import type { BookRow } from '../support/sandbox-control.ts';

/** Each finds the ids that break the rule in its name. */
export const STATEMENTS: Readonly<Record<string, string>> = {
  'a session has at most one success': `
    select session_id as id from attempts where status = 'succeeded' and kind in ('charge', 'authorise', 'verify')
    group by tenant_id, session_id having count(*) > 1`,
  'a success completes its session and its payment': `
    select a.id from attempts a join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
      join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
    where a.status = 'succeeded' and (s.status <> 'completed' or p.status <> 'succeeded' or s.payment_outcome <>
      case a.kind when 'charge' then 'paid' when 'authorise' then 'reserved' else 'payment_method_verified' end)`,
  'a session that says it was paid has a success': `
    select s.id from payment_sessions s where s.payment_outcome in ('paid', 'reserved', 'payment_method_verified')
      and not exists (select 1 from attempts a where a.tenant_id = s.tenant_id and a.session_id = s.id and a.status = 'succeeded')`,
  'a payment that succeeded has a success': `
    select p.id from payments p where p.status = 'succeeded'
      and not exists (select 1 from attempts a where a.tenant_id = p.tenant_id and a.payment_id = p.id and a.status = 'succeeded')`,
  'a session is pending exactly while an attempt is open': `
    select s.id from payment_sessions s where (s.payment_outcome = 'pending') <>
      exists (select 1 from attempts a where a.tenant_id = s.tenant_id and a.session_id = s.id and a.settled_at is null)`,
  'nothing final has an open attempt': `
    select a.id from attempts a join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
      join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
    where a.settled_at is null and (s.status <> 'active' or p.status in ('draft', 'succeeded', 'failed', 'cancelled', 'expired'))`,
  'payment and session end together': `
    select p.id from payments p join payment_sessions s on s.tenant_id = p.tenant_id and s.id = p.session_id
    where (p.status = 'cancelled') <> (s.status = 'cancelled') or (p.status = 'expired') <> (s.status = 'expired')
      or (p.status in ('succeeded', 'failed')) <> (s.status = 'completed')`,
  'attempt, payment and session speak of one sum': `
    select a.id from attempts a join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
      join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
    where p.session_id <> s.id or s.payment_id is distinct from p.id
      or (a.status = 'succeeded' and ((a.amount, a.currency) <> (p.amount, p.currency) or (a.amount, a.currency) <> (s.amount, s.currency)))`,
  'a payment holds exactly what was asked for': `
    select id from payments where authorised_amount <> case status when 'succeeded' then amount else 0 end
      or paid_amount <> case when status = 'succeeded' and capture_method = 'automatic' then amount else 0 end
      or paid_amount + voided_amount > authorised_amount or refunded_amount > paid_amount`,
  'every version of a session was told': `
    select s.id from payment_sessions s where s.version <>
      (select count(distinct e.object_version) from events e where e.tenant_id = s.tenant_id and e.object_id = s.id
        and e.object_version between 1 and s.version)`,
  'the newest event of a payment with a result is of its newest version': `
    select p.id from payments p where p.status in ('succeeded', 'failed', 'cancelled', 'expired', 'draft') and p.version <>
      (select max(e.object_version) from events e where e.tenant_id = p.tenant_id and e.object_id = p.id)`,
  'every event has its number': 'select id from events where sequence is null',
  'numbers run from one without a hole': `
    select tenant_id as id from events group by tenant_id having max(sequence) <> count(*) or min(sequence) <> 1`,
  'numbers follow versions': `
    select id from (select id, sequence, lag(sequence) over (partition by tenant_id, object_id order by object_version, sequence)
      as before from events) e where before > sequence`,
  'no idempotency key is left unfinished': 'select key as id from idempotency_keys where status is null',
  'an active mandate began with a success': `
    select m.id from mandates m where not exists (select 1 from attempts a where a.tenant_id = m.tenant_id
      and a.payment_id = m.payment_id and a.status = 'succeeded')`,
  'a first_in_series success has its mandate and its consent': `
    select s.id from payment_sessions s where s.type = 'first_in_series' and s.status = 'completed' and not exists
      (select 1 from mandates m join mandate_consents c on c.tenant_id = m.tenant_id and c.mandate_id = m.id
        where m.tenant_id = s.tenant_id and m.session_id = s.id and m.id = s.mandate_id)`,
  'charges keep to their mandate': `
    select a.id from attempts a join mandates m on m.tenant_id = a.tenant_id and m.id = a.mandate_id
    where a.initiator = 'merchant' and (a.currency <> m.currency or a.amount > coalesce(m.max_amount, a.amount))`,
  'a saved card can be opened': `
    select m.id from payment_methods m where m.status = 'active' and not exists
      (select 1 from vault.cards c where c.tenant_id = m.tenant_id and c.card_id = m.card_id)`,
};

const OPEN = `select id from attempts where settled_at is null`;
const PAST = `select id from payment_sessions where status = 'active' and payment_outcome <> 'pending' and expires_at <= $1`;

export interface Expectation {
  /** Attempts may still be open: nobody has been able to tell their end yet. */
  openAllowed?: boolean;
  /** Leave out what asks the API for every object: for worlds with thousands of them. */
  snapshots?: boolean;
}

/** Every sentence that is broken in this world now. */
export async function violations(app: TestApp, expected: Expectation = {}): Promise<string[]> {
  const rules = { ...STATEMENTS, ...(expected.openAllowed ? {} : { 'nothing is open': OPEN }) };
  const [rows, books, untold] = await Promise.all([
    app.database.query<{ rule: string; id: string }>(oneStatement(rules), [new Date(app.clock.now())]),
    bookDifferences(app),
    expected.snapshots === false ? [] : untoldChanges(app),
  ]);
  return [...rows.map((row) => `${row.rule}: ${row.id}`), ...books, ...untold];
}

/** All rules in one round trip. */
function oneStatement(rules: Readonly<Record<string, string>>): string {
  return Object.entries({ ...rules, 'an ended session is written down': PAST })
    .map(([rule, text]) => `select '${rule}' as rule, id from (${text}) broken`)
    .join(' union all ');
}

/** Does what is due and fails with the broken sentences. */
export async function assertSound(app: TestApp, expected: Expectation = {}): Promise<void> {
  await app.runDue();
  assert.deepEqual(await violations(app, expected), []);
}

interface OwnRow {
  request_key: string;
  status: string;
  kind: string;
  amount: number;
  currency: string;
  reference: string;
}

/** Our attempts against the processor's book, key by key: neither holds what the other does not. */
export async function bookDifferences(app: TestApp): Promise<string[]> {
  const own = await app.database.query<OwnRow>(
    'select request_key, status, kind, amount::float8 as amount, currency, reference from attempts',
  );
  const book = await app.control.book();
  const found: string[] = [];
  const byKey = new Map(own.map((row) => [row.request_key, row]));
  const kept = new Map<string, number>();
  for (const row of book) {
    const attempt = byKey.get(row.request_key);
    if (attempt === undefined) found.push(`the processor knows ${row.request_key}, of which there is no record`);
    if (row.arrivals > 1) found.push(`${row.request_key} arrived ${row.arrivals} times`);
    if (tookMoney(row) && attempt !== undefined) found.push(...differences(row, attempt));
    if (tookMoney(row)) kept.set(row.reference, (kept.get(row.reference) ?? 0) + 1);
  }
  for (const [reference, times] of kept) if (times > 1) found.push(`${reference} was charged ${times} times`);
  const taken = new Set(book.filter(tookMoney).map((row) => row.request_key));
  for (const row of own) {
    if (row.status === 'succeeded' && !taken.has(row.request_key))
      found.push(`${row.request_key} succeeded here and not at the processor`);
  }
  const verdict = await app.control.check();
  if (!verdict.ok) found.push(`the processor finds its own book wrong: ${JSON.stringify(verdict.violations)}`);
  return found;
}

/** True for a row that took money, or verified a card, and was not given back. */
export function tookMoney(row: BookRow): boolean {
  return ['charge', 'authorize', 'verify'].includes(row.kind) && row.state === 'approved' && !row.reversed;
}

function differences(row: BookRow, attempt: OwnRow): string[] {
  const found: string[] = [];
  if (attempt.status === 'declined') found.push(`${row.request_key} was charged and is recorded as declined`);
  if (attempt.reference !== row.reference) found.push(`${row.request_key} bears another reference`);
  if (attempt.amount !== row.amount || attempt.currency !== row.currency)
    found.push(
      `${row.request_key} took ${row.amount} ${row.currency}, recorded are ${attempt.amount} ${attempt.currency}`,
    );
  return found;
}

/** Objects whose newest event does not show what the API shows, and payments told wrongly in their end. */
async function untoldChanges(app: TestApp): Promise<string[]> {
  const newest = new Map<string, Json>();
  for (const event of await app.merchant.events()) newest.set(event.data.id, event.data);
  const found: string[] = [];
  const lists = ['payment_sessions', 'customers', 'mandates'];
  for (const list of lists) {
    for (const object of await allOf(app, `/collect/${list}`)) {
      const told = newest.get(object.id);
      if (!isDeepStrictEqual(withoutOrigin(told), withoutOrigin(object)))
        found.push(`${object.id}: the newest event shows ${JSON.stringify(told)}, the API ${JSON.stringify(object)}`);
    }
  }
  return found;
}

/** A page's address names the port of the process that wrote it; after a restart in a test that is another one. */
function withoutOrigin(object: Json): Json {
  return JSON.parse(JSON.stringify(object ?? null).replaceAll(/http:\/\/(127\.0\.0\.1|localhost)(:\d+)?/g, ''));
}

async function allOf(app: TestApp, path: string): Promise<Json[]> {
  const all: Json[] = [];
  let cursor = '';
  for (;;) {
    const { body, status, text, headers } = await app.merchant.call('GET', `${path}?limit=100${cursor}`);
    assert.equal(status, 200, text);
    all.push(...body.data);
    const next = headers.get('next-cursor');
    if (next === null) return all;
    cursor = `&cursor=${next}`;
  }
}
