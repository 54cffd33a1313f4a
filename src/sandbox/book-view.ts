/** The book as rows and as a verdict: what was really charged, told without the product's database. */
import { type Charge, iso, type Step, totalsOf } from './charge.ts';
import type { KeyEntry, World } from './world.ts';

export interface BookRow {
  n: number;
  request_key: string;
  processor_ref: string | null;
  charge_ref: string | null;
  account: string;
  reference: string | null;
  kind: string;
  state: 'approved' | 'declined' | 'pending' | 'action_required' | 'failed' | 'closed';
  amount: number | null;
  currency: string | null;
  reversed: boolean;
  arrivals: number;
  response_code: string | null;
  at: string;
}

/** One row per request key that moved or tried to move money, in order of arrival, those after line `after`. */
export function* bookRows(world: World, after = 0): Generator<BookRow> {
  for (const entry of world.keys.values()) {
    if (entry.n <= after || entry.op === 'reversal') continue;
    for (const id of [entry.charge, ...(entry.more ?? [])]) yield rowOf(entry, world.charges.get(id ?? ''));
  }
}

function rowOf(entry: KeyEntry, charge: Charge | undefined): BookRow {
  const step = charge?.steps.find((one) => one.id === entry.step);
  const base = { n: entry.n, request_key: entry.key, account: entry.account, arrivals: entry.arrivals };
  if (charge === undefined) return { ...base, ...undecided(entry) };
  return {
    n: base.n,
    request_key: base.request_key,
    processor_ref: step?.id ?? charge.id,
    charge_ref: charge.id,
    account: base.account,
    reference: charge.reference,
    kind: step?.kind ?? charge.intent,
    state: step === undefined ? stateOf(charge) : stepState(step),
    amount: step?.value ?? charge.approved ?? charge.value,
    currency: charge.currency,
    reversed: step === undefined && charge.status === 'reversed',
    arrivals: base.arrivals,
    response_code: step === undefined ? (charge.code ?? null) : null,
    at: iso(step?.created ?? charge.created),
  };
}

/** A key that arrived, or was closed, without anything having been decided under it. */
function undecided(entry: KeyEntry): Omit<BookRow, 'n' | 'request_key' | 'account' | 'arrivals'> {
  const state = entry.closed ? 'closed' : entry.late !== undefined || entry.busy ? 'pending' : 'failed';
  return {
    processor_ref: null,
    charge_ref: null,
    reference: null,
    kind: entry.op,
    state,
    amount: null,
    currency: null,
    reversed: false,
    response_code: null,
    at: iso(entry.at),
  };
}

function stateOf(charge: Charge): BookRow['state'] {
  if (charge.closed) return 'closed';
  return charge.status === 'reversed' ? 'approved' : charge.status;
}

function stepState(step: Step): BookRow['state'] {
  return step.status === 'succeeded' ? 'approved' : step.status === 'failed' ? 'failed' : 'pending';
}

interface Sums {
  approved: number;
  reversed: number;
  captured: number;
  released: number;
  refunded: number;
}

export interface BookVerdict {
  ok: boolean;
  violations: readonly { rule: string; account: string; subject: string; detail: string }[];
  charges: number;
  totals: Record<string, Sums>;
}

/** The sandbox's own verdict over everything it remembers. */
export function checkBook(world: World): BookVerdict {
  const violations: BookVerdict['violations'][number][] = [];
  const totals: Record<string, Sums> = {};
  const paid = new Map<string, string>();
  for (const charge of world.charges.values()) {
    addTo(totals, charge);
    const sums = totalsOf(charge);
    const found = (rule: string, detail: string): void => {
      violations.push({ rule, account: charge.account, subject: charge.id, detail });
    };
    if (sums.captured > sums.approved) found('captured_over_authorized', `${sums.captured} of ${sums.approved}`);
    if (sums.refunded > sums.captured) found('refunded_over_captured', `${sums.refunded} of ${sums.captured}`);
    if (charge.status !== 'approved' || charge.intent === 'verify' || isGivenBack(charge)) continue;
    const index = `${charge.account}\n${charge.reference}`;
    const other = paid.get(index);
    if (other === undefined) paid.set(index, charge.id);
    else found('reference_paid_twice', `${charge.reference}: ${other} and ${charge.id}`);
  }
  for (const entry of world.keys.values()) {
    if (entry.arrivals < 2 || entry.op === 'reversal') continue;
    const detail = `${entry.arrivals} arrivals`;
    violations.push({ rule: 'key_arrived_twice', account: entry.account, subject: entry.key, detail });
  }
  return { ok: violations.length === 0, violations, charges: world.charges.size, totals };
}

/** Where a charge cannot be called back, a whole refund is how a shop gives back what it did not want. */
function isGivenBack(charge: Charge): boolean {
  const { captured, refunded } = totalsOf(charge);
  return charge.method?.type === 'mobile_money' && captured > 0 && refunded >= captured;
}

function addTo(totals: Record<string, Sums>, charge: Charge): void {
  totals[charge.currency] ??= { approved: 0, reversed: 0, captured: 0, released: 0, refunded: 0 };
  const into = totals[charge.currency]!;
  const sums = totalsOf(charge);
  into.approved += sums.approved;
  into.captured += sums.captured;
  into.released += sums.released;
  into.refunded += sums.refunded;
  if (charge.status === 'reversed') into.reversed += sums.approved;
}
