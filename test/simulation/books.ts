/** Our book held against the processor's: key by key, amount by amount, and in sum. Neither holds what the other does not. */
import type { TestApp } from '../support/app.ts';
import type { BookRow } from '../support/sandbox-control.ts';

interface OwnRow {
  request_key: string;
  payment_id: string;
  status: string;
  kind: string;
  amount: number;
  currency: string;
  reference: string;
  /** The payment is on people's list, or was, because of this attempt. */
  in_doubt: boolean;
  /** A person gave this attempt its end. */
  decided: boolean;
}

/** Everything in which the two books differ. While attempts may be open, what became of a step later may not be known yet. */
export async function bookDifferences(app: TestApp, expected: { openAllowed?: boolean } = {}): Promise<string[]> {
  const own = await app.database.query<OwnRow>(`
    select a.request_key, a.payment_id, a.status, a.kind, a.amount::float8 as amount, a.currency, a.reference,
      coalesce(p.review ->> 'attemptId' = a.id, false) or r.payment_id is not null as in_doubt,
      coalesce(r.decided, false) as decided
    from attempts a
      join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
      left join (select tenant_id, payment_id, review ->> 'attemptId' as attempt_id, bool_or(outcome is not null) as decided
        from payment_resolutions group by 1, 2, 3) r
        on r.tenant_id = a.tenant_id and r.payment_id = a.payment_id and r.attempt_id = a.id`);
  const found: string[] = [];
  const byKey = new Map(own.map((row) => [row.request_key, row]));
  const book = (await app.control.book()).filter(stillCounts(byKey));
  for (const row of book) {
    const attempt = byKey.get(row.request_key);
    if (attempt === undefined) found.push(`the processor knows ${row.request_key}, of which there is no record`);
    if (row.arrivals > 1) found.push(`${row.request_key} arrived ${row.arrivals} times`);
    if (attempt !== undefined && isDone(row)) found.push(...differences(row, attempt));
  }
  found.push(...chargedTwice(book), ...missing(own, book, expected));
  if (!expected.openAllowed) found.push(...(await sumDifferences(app, { own, book })));
  const verdict = await app.control.check();
  if (!verdict.ok) found.push(`the processor finds its own book wrong: ${JSON.stringify(verdict.violations)}`);
  return found;
}

/**
 * A success that came after its attempt had ended goes back by a refund whose key names the attempt, where it cannot be undone. The two rows
 * make nothing together, and people are asked to look: then neither counts.
 */
function stillCounts(own: ReadonlyMap<string, OwnRow>): (row: BookRow, _: number, book: readonly BookRow[]) => boolean {
  return (row, _, book) => {
    const key = row.request_key.replace(/^back-/, '');
    const attempt = own.get(key);
    if (attempt === undefined || attempt.status !== 'declined' || !attempt.in_doubt) return true;
    const late = book.find((one) => one.request_key === key);
    const back = book.find((one) => one.request_key === `back-${key}`);
    if (late === undefined || back === undefined || row.arrivals > 1) return true;
    return !(isDone(late) && isDone(back) && late.amount === back.amount);
  };
}

/** True for a row that took money, or verified a card, and was not given back. */
export function tookMoney(row: BookRow): boolean {
  return BEGINNINGS.has(row.kind) && isDone(row);
}

const BEGINNINGS = new Set(['charge', 'authorize', 'verify']);

/** The processor did it, and it still stands. */
function isDone(row: BookRow): boolean {
  return row.state === 'approved' && !row.reversed;
}

function differences(row: BookRow, attempt: OwnRow): string[] {
  const found: string[] = [];
  if (attempt.status === 'declined' && !attempt.decided)
    found.push(
      BEGINNINGS.has(row.kind)
        ? `${row.request_key} was charged and is recorded as declined`
        : `${row.request_key} was done (${row.kind}) and is recorded as declined`,
    );
  if ((attempt.kind === 'authorise' ? 'authorize' : attempt.kind) !== row.kind)
    found.push(`${row.request_key} was a ${row.kind} and is recorded as ${attempt.kind}`);
  if (attempt.reference !== row.reference) found.push(`${row.request_key} bears another reference`);
  if (attempt.amount !== row.amount || attempt.currency !== row.currency)
    found.push(
      `${row.request_key} took ${row.amount} ${row.currency}, recorded are ${attempt.amount} ${attempt.currency}`,
    );
  return found;
}

function chargedTwice(book: readonly BookRow[]): string[] {
  const kept = new Map<string, number>();
  for (const row of book) if (tookMoney(row)) kept.set(row.reference, (kept.get(row.reference) ?? 0) + 1);
  return [...kept]
    .filter(([, times]) => times > 1)
    .map(([reference, times]) => `${reference} was charged ${times} times`);
}

/** What succeeded here and not there. A bank may take a step back, and where that cannot be followed people are asked. */
function missing(own: readonly OwnRow[], book: readonly BookRow[], expected: { openAllowed?: boolean }): string[] {
  const rows = new Map(book.map((row) => [row.request_key, row]));
  return own
    .filter((attempt) => attempt.status === 'succeeded' && !attempt.decided)
    .filter((attempt) => {
      const row = rows.get(attempt.request_key);
      if (row !== undefined && isDone(row)) return false;
      const takenBack = row !== undefined && row.state === 'failed' && !BEGINNINGS.has(row.kind);
      return !(takenBack && (attempt.in_doubt || expected.openAllowed));
    })
    .map((attempt) => `${attempt.request_key} succeeded here and not at the processor`);
}

type Sums = Record<'authorised' | 'paid' | 'voided' | 'refunded', number>;

/** The amounts of each payment against what the processor moved under its reference; payments in doubt are left to people. */
async function sumDifferences(
  app: TestApp,
  { own, book }: { own: readonly OwnRow[]; book: readonly BookRow[] },
): Promise<string[]> {
  const theirs = new Map<string, Sums>();
  for (const row of book) {
    if (!isDone(row)) continue;
    const sums = theirs.get(row.reference) ?? { authorised: 0, paid: 0, voided: 0, refunded: 0 };
    theirs.set(row.reference, sums);
    if (row.kind === 'charge' || row.kind === 'authorize') sums.authorised += row.amount;
    if (row.kind === 'charge' || row.kind === 'capture') sums.paid += row.amount;
    if (row.kind === 'void') sums.voided += row.amount;
    if (row.kind === 'refund') sums.refunded += row.amount;
  }
  // What lapsed is released without a word to the processor, whose own clock does the same.
  const payments = await app.database.query<Sums & { id: string; reference: string }>(`
    select p.id, p.reconciliation_reference as reference, p.authorised_amount::float8 as authorised,
      p.paid_amount::float8 as paid, p.refunded_amount::float8 as refunded, (p.voided_amount - coalesce((select sum(l.payer)
        from ledger_entries l where l.tenant_id = p.tenant_id and l.payment_id = p.id and l.kind = 'lapse'), 0))::float8 as voided
    from payments p`);
  const inDoubt = new Set(own.filter((row) => row.in_doubt).map((row) => row.payment_id));
  return payments.flatMap(({ id, reference, ...ours }) => {
    const sums = theirs.get(reference) ?? { authorised: 0, paid: 0, voided: 0, refunded: 0 };
    const keys = Object.keys(sums) as (keyof Sums)[];
    if (inDoubt.has(id) || keys.every((key) => sums[key] === ours[key])) return [];
    return [`${id} says ${JSON.stringify(ours)}, the processor moved ${JSON.stringify(sums)}`];
  });
}
