/**
 * What payers agreed to, held against the processor's book: no due date is charged twice or left out, nothing is charged beyond its
 * limits, and what clients were told of due dates and of the clock still holds.
 */
import type { Json } from '../../support/merchant.ts';
import type { Journal } from './journal.ts';
import type { ProcessWorld } from './process-world.ts';
import type { StepRow } from './sandbox-process.ts';

export async function agreementFindings(world: ProcessWorld, journal: Journal): Promise<string[]> {
  const book = await world.sandbox.book();
  return [
    ...(await chargedTwice(world, book)),
    ...(await leftOut(world)),
    ...(await beyondLimits(world, book)),
    ...(await takenBack(world, journal)),
  ];
}

/** References of what the processor charged and has not reversed, with how often it did. */
function takenBy(book: readonly StepRow[]): Map<string, number> {
  const taken = new Map<string, number>();
  for (const { kind, state, reversed, reference } of book)
    if (kind === 'charge' && state === 'approved' && !reversed) taken.set(reference, (taken.get(reference) ?? 0) + 1);
  return taken;
}

/** Each due date was charged once if it is paid, and never otherwise. */
async function chargedTwice(world: ProcessWorld, book: readonly StepRow[]): Promise<string[]> {
  const rows = await world.query<{ due: string; status: string; references: string[] }>(`
    select c.subscription_id || ' ' || c.due_date as due, c.status, array_remove(array_agg(p.reconciliation_reference), null) as references
    from subscription_charges c left join payments p on p.tenant_id = c.tenant_id and p.subscription_id = c.subscription_id
      and p.due_date = c.due_date group by c.subscription_id, c.due_date, c.status`);
  const taken = takenBy(book);
  return rows.flatMap(({ due, status, references }) => {
    const times = references.reduce((sum, reference) => sum + (taken.get(reference) ?? 0), 0);
    return times === (status === 'paid' ? 1 : 0) ? [] : [`${due} is ${status} and was charged ${times} times`];
  });
}

/** After its last day a subscription has gone through every date that was agreed, and is over. */
async function leftOut(world: ProcessWorld): Promise<string[]> {
  const rows = await world.query<{ id: string; status: string; missing: string[] }>(`
    select s.id, s.status, array(select d::date::text
        from generate_series(m.first_date + 1, (m.terms ->> 'endDate')::date, interval '1 day') d
        except select due_date::text from subscription_charges c where c.tenant_id = s.tenant_id and c.subscription_id = s.id) as missing
    from subscriptions s join mandates m on m.tenant_id = s.tenant_id and m.id = s.mandate_id`);
  return rows.flatMap(({ id, status, missing }) => [
    ...(status === 'ended' ? [] : [`${id} is ${status} after its last day`]),
    ...(missing.length === 0 ? [] : [`${id} left out ${missing.join(', ')}`]),
  ]);
}

async function beyondLimits(world: ProcessWorld, book: readonly StepRow[]): Promise<string[]> {
  const rows = await world.query<{ id: string; most: number; references: string[] }>(`
    select m.id, (m.terms ->> 'maxOccurrences')::int as most, array_agg(p.reconciliation_reference) as references
    from mandates m join payments p on p.tenant_id = m.tenant_id and p.mandate_id = m.id and p.initiator = 'merchant'
    where m.terms ->> 'maxOccurrences' is not null group by 1, 2`);
  const taken = takenBy(book);
  return rows.flatMap(({ id, most, references }) => {
    const times = references.reduce((sum, reference) => sum + (taken.get(reference) ?? 0), 0);
    return times <= most ? [] : [`${id} allows ${most} charges and was charged ${times} times`];
  });
}

async function takenBack(world: ProcessWorld, journal: Journal): Promise<string[]> {
  const { merchant } = world.calendarShop;
  const findings: string[] = [];
  const clock: Json = (await merchant.call('GET', '/collect/test/clock')).body;
  if (Date.parse(clock.now) < journal.clockAt)
    findings.push(`the clock was answered as ${new Date(journal.clockAt).toISOString()} and stands at ${clock.now}`);
  const paid = await world.query<{ due: string }>(
    `select subscription_id || ' ' || due_date as due from subscription_charges where status = 'paid'`,
  );
  const standing = new Set(paid.map(({ due }) => due));
  for (const due of journal.paidDueDates)
    if (!standing.has(due)) findings.push(`${due} was answered as paid and is not`);
  return findings;
}
