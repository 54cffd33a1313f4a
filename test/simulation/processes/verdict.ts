/**
 * The judgement over a world that has come to rest: our book = the processor's book = what the merchant was told = what
 * clients were answered. Each finding is a sentence; none is good.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json, Merchant } from '../../support/merchant.ts';
import { agreementFindings } from './agreement-verdict.ts';
import { checkFindings } from './check-command.ts';
import type { Amounts, Journal } from './journal.ts';
import type { ProcessWorld } from './process-world.ts';
import type { StepRow } from './sandbox-process.ts';
import type { Shop } from './shop.ts';

/** Everything that does not hold. `stillOpen` counts attempts without an end here and there. */
export async function findingsOf(
  world: ProcessWorld,
  journal: Journal,
): Promise<{ findings: string[]; stillOpen: number }> {
  const books = await bookFindings(world);
  const findings = [
    ...books.findings,
    ...(await checkFindings(world.environment)),
    ...(await Promise.all(world.shops.map((shop) => toldFindings(world, shop)))).flat(),
    ...(await answerFindings(world, journal)),
    ...(await agreementFindings(world, journal)),
  ];
  return { findings, stillOpen: books.stillOpen };
}

interface OwnRow {
  request_key: string;
  payment_id: string;
  status: string;
  kind: string;
  amount: number;
  currency: string;
  reference: string;
}

const KINDS: Record<string, string> = { authorise: 'authorize' };

/** Our attempts against the processor's book, key by key, and our sums against its sums. */
async function bookFindings(world: ProcessWorld): Promise<{ findings: string[]; stillOpen: number }> {
  const own = await world.query<OwnRow>(
    'select request_key, payment_id, status, kind, amount, currency, reference from attempts',
  );
  const book = await world.sandbox.book();
  const findings: string[] = [];
  let stillOpen = 0;
  const rows = new Map(book.map((row) => [row.request_key, row]));
  const known = new Set(own.map((row) => row.request_key));
  for (const row of book) {
    if (!known.has(row.request_key))
      findings.push(`the processor knows ${row.request_key}, of which there is no record`);
    if (row.arrivals > 1) findings.push(`${row.request_key} arrived ${row.arrivals} times`);
  }
  for (const attempt of own) {
    const row = rows.get(attempt.request_key);
    const moved = row !== undefined && row.state === 'approved' && !row.reversed;
    if (attempt.status === 'succeeded' && !moved)
      findings.push(`${attempt.request_key} succeeded here and not at the processor`);
    if (attempt.status === 'declined' && moved)
      findings.push(`${attempt.request_key} was done and is recorded as declined`);
    if (!['succeeded', 'declined'].includes(attempt.status)) {
      stillOpen += 1;
      if (row !== undefined && ['approved', 'declined'].includes(row.state))
        findings.push(`${attempt.request_key} is ${row.state} at the processor and ${attempt.status} here`);
    }
    if (moved) findings.push(...differences(row, attempt));
  }
  const verdict = await world.sandbox.check();
  if (!verdict.ok) findings.push(`the processor finds its own book wrong: ${JSON.stringify(verdict.violations)}`);
  return { findings: [...findings, ...(await sumFindings(world, book))], stillOpen };
}

function differences(row: StepRow, attempt: OwnRow): string[] {
  const ours = [attempt.amount, attempt.currency, attempt.reference, KINDS[attempt.kind] ?? attempt.kind];
  const theirs = [row.amount, row.currency, row.reference, row.kind];
  return isDeepStrictEqual(ours, theirs)
    ? []
    : [`${row.request_key}: recorded are ${ours}, the processor did ${theirs}`];
}

interface Sums {
  authorised: number;
  paid: number;
  voided: number;
  refunded: number;
}

/** The amounts of each payment against those the processor moved under its reference. */
async function sumFindings(world: ProcessWorld, book: readonly StepRow[]): Promise<string[]> {
  const sums = new Map<string, Sums>();
  for (const row of book) {
    if (row.state !== 'approved' || row.reversed) continue;
    const sum = sums.get(row.reference) ?? { authorised: 0, paid: 0, voided: 0, refunded: 0 };
    sums.set(row.reference, sum);
    if (row.kind === 'charge' || row.kind === 'authorize') sum.authorised += row.amount;
    if (row.kind === 'charge' || row.kind === 'capture') sum.paid += row.amount;
    if (row.kind === 'void') sum.voided += row.amount;
    if (row.kind === 'refund') sum.refunded += row.amount;
  }
  const payments = await world.query<Sums & { id: string; reference: string }>(
    `select id, reconciliation_reference as reference, authorised_amount as authorised, paid_amount as paid,
      voided_amount as voided, refunded_amount as refunded from payments`,
  );
  return payments.flatMap(({ id, reference, ...ours }) => {
    const theirs = sums.get(reference) ?? { authorised: 0, paid: 0, voided: 0, refunded: 0 };
    return isDeepStrictEqual(ours, theirs)
      ? []
      : [`${id} says ${JSON.stringify(ours)}, the processor moved ${JSON.stringify(theirs)}`];
  });
}

/** The merchant's log against the events: each told, nothing told that is not there, in order, and the newest is what stands. */
async function toldFindings(world: ProcessWorld, shop: Shop): Promise<string[]> {
  const findings = [...shop.log.findings];
  const events = await world.query<{ id: string; object_id: string; sequence: number; type: string; data: string }>(
    `select id, object_id, sequence, type, data from events where tenant_id = '${shop.tenantId}' order by sequence`,
  );
  const told = new Map<string, Json>();
  const lastOf = new Map<string, number>();
  for (const one of shop.log.told) {
    const before = told.get(one.id);
    if (before !== undefined) {
      if (!isDeepStrictEqual(before, one)) findings.push(`${one.id} was told in two ways`);
      continue;
    }
    told.set(one.id, one);
    const last = lastOf.get(one.data.id) ?? 0;
    if (one.sequence < last) findings.push(`${one.id} of ${one.data.id} was told after a later one`);
    lastOf.set(one.data.id, one.sequence);
  }
  const newest = new Map<string, Json>();
  for (const event of events) {
    const one = told.get(event.id);
    told.delete(event.id);
    newest.set(event.object_id, JSON.parse(event.data));
    if (one === undefined) findings.push(`${event.type} ${event.id} was never told`);
    else if (!isDeepStrictEqual(one.data, JSON.parse(event.data)) || one.sequence !== event.sequence)
      findings.push(`${event.id} was told as ${JSON.stringify(one)}, and is ${event.data}`);
  }
  for (const id of told.keys()) findings.push(`${id} was told, and there is no such event`);
  return [...findings, ...(await standingFindings(world, { shop, newest }))];
}

const LISTS = ['payment_sessions', 'payments', 'customers', 'mandates', 'subscriptions', 'refunds'];

/** The newest event of each object shows what the API shows. */
async function standingFindings(
  world: ProcessWorld,
  { shop, newest }: { shop: Shop; newest: ReadonlyMap<string, Json> },
): Promise<string[]> {
  const findings: string[] = [];
  for (const list of LISTS) {
    if (!(`/collect/${list}` in world.contract.document.paths)) continue;
    for await (const object of allOf(shop.merchant, `/collect/${list}`)) {
      const told = newest.get(object.id);
      // A payment is told about from its first result on; its session tells what comes before.
      if (told === undefined && list === 'payments') continue;
      if (!isDeepStrictEqual(told, object))
        findings.push(
          `${object.id}: the newest event shows ${JSON.stringify(told)}, the API ${JSON.stringify(object)}`,
        );
    }
  }
  return findings;
}

async function* allOf(merchant: Merchant, path: string): AsyncGenerator<Json> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body, headers, status, text } = await merchant.call('GET', `${path}?limit=100${cursor}`);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    yield* body.data;
    const next = headers.get('next-cursor');
    cursor = next === null ? null : `&cursor=${next}`;
  }
}

/** What clients were answered still holds. */
async function answerFindings(world: ProcessWorld, journal: Journal): Promise<string[]> {
  const rows = await world.query<{ id: string; says: string }>(`
    select id, status || ' ' || payment_outcome as says from payment_sessions
    union all select id, coalesce(name, '') from customers union all select id, status from refunds
    union all select id, status from subscriptions`);
  const standing = new Map(rows.map(({ id, says }) => [id, says]));
  const findings: string[] = [];
  for (const id of journal.created) if (!standing.has(id)) findings.push(`${id} was answered as created and is gone`);
  for (const [id, { status, outcome }] of journal.ended) {
    if (standing.get(id) !== `${status} ${outcome}`)
      findings.push(`${id} was answered as ${status} ${outcome} and is ${standing.get(id)}`);
  }
  for (const [id, name] of journal.names) {
    if (standing.get(id) !== name) findings.push(`${id} was answered as named ${name} and is ${standing.get(id)}`);
  }
  return [...findings, ...(await sunkenFindings(world, journal))];
}

/** No amount that was answered has become smaller. */
async function sunkenFindings(world: ProcessWorld, journal: Journal): Promise<string[]> {
  const rows = await world.query<Amounts & { id: string }>(
    'select id, paid_amount as paid, voided_amount as voided, refunded_amount as refunded from payments',
  );
  return rows.flatMap(({ id, ...now }) => {
    const told = journal.amounts.get(id);
    const sunken =
      told !== undefined && (['paid', 'voided', 'refunded'] as const).some((name) => now[name] < told[name]);
    return sunken ? [`${id} was answered with ${JSON.stringify(told)} and holds ${JSON.stringify(now)}`] : [];
  });
}
