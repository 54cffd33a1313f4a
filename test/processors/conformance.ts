/**
 * The promises of `src/processors/processor.ts`, as tests that any connector can be put through. A {@link Bench} is the
 * processor's side: cards, faults, the payer, the clock, and the book that says what was really charged. After each case
 * the outcome is compared with that book: approved means charged, and nothing is ever charged twice.
 *
 * Cases carry the numbers of the contract's table. What concerns one answer's bytes is tested beside each connector, on
 * recorded answers; this suite needs the processor itself.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Call, ChargeOrder, ClearCard, KeyOrder, Outcome } from '../../src/processors/processor.ts';
import type { Bench, CardCase, Kit, Missing, Movement, Run, RunOptions } from './conformance-bench.ts';
import { approvals, authentication, repetitions, series } from './conformance-charges.ts';
import { notices, steps } from './conformance-later.ts';
import { actions, refusals } from './conformance-methods.ts';
import { lies, lostAnswers, recovery } from './conformance-trouble.ts';

const RETURN_URL = 'https://shop.example/back?session=1';

/** Registers the suite. `open` starts the processor on a fresh book. */
export function conformance(name: string, open: () => Promise<Bench>, missing: Missing = {}): void {
  let bench: Bench;
  before(async () => {
    bench = await open();
  });
  after(() => bench?.close());

  const kit = createKit(name, missing, () => bench);
  approvals(kit);
  authentication(kit);
  series(kit);
  repetitions(kit);
  lostAnswers(kit);
  lies(kit);
  recovery(kit);
  steps(kit);
  notices(kit);
  actions(kit);
  refusals(kit);
}

function createKit(name: string, missing: Missing, open: () => Bench): Kit {
  let keys = 0;
  const nextKey = (): string => `conformance-${String(++keys).padStart(5, '0')}`;
  const rowsOf = async (key: string) => (await open().movements()).filter((row) => row.requestKey === key);
  const callFor = (requestKey: string): Call => ({ requestKey, credentials: open().credentials });
  const orderOf = (card: CardCase | ClearCard, changes: Partial<ChargeOrder> = {}): ChargeOrder => ({
    money: { amountMinor: 1234, currency: 'ZAR' },
    reference: `ref-${keys}`,
    initiator: 'customer',
    instrument: { type: 'card', card: typeof card === 'string' ? open().card(card) : card },
    returnUrl: RETURN_URL,
    authentication: 'auto',
    ...changes,
  });

  const methodOrder: Kit['methodOrder'] = (kind) => {
    const script = open().method(kind);
    return script && { script, order: { ...orderOf('approved'), instrument: script.instrument } };
  };

  /** Charges once under a new key, checks outcome against book, and hands back what is needed to go on. */
  async function run(order: ChargeOrder, about: RunOptions = {}): Promise<Run> {
    const key = nextKey();
    const operation = about.operation ?? 'charge';
    const placed = { ...order, reference: `ref-${key}` };
    if (about.fault) await open().arm(key, { operation, ...about.fault });
    const processor = open().processor(about.limits);
    const outcome = await processor[operation](placed, callFor(key));
    const lookup = async (): Promise<Outcome | 'not_found'> => {
      const asked: KeyOrder = { operation, money: placed.money, reference: placed.reference };
      const found = await processor.lookup(asked, callFor(key));
      checkSilent(open(), found);
      checkHonest(await rowsOf(key), { outcome: found.kind === 'found' ? found.outcome : undefined, order: placed });
      return found.kind === 'found' ? found.outcome : found.kind === 'not_found' ? 'not_found' : found;
    };
    checkSilent(open(), outcome);
    if (about.checked !== false) checkHonest(await rowsOf(key), { outcome, order: placed });
    if (outcome.kind === 'action_required' || outcome.kind === 'pending') {
      assert.equal((await rowsOf(key))[0]?.state, outcome.kind);
    }
    return { key, order: placed, outcome, lookup };
  }

  const reverse = async (key: string, onlyUndecided: boolean): Promise<string> => {
    const processor = open().processor();
    assert.ok(processor.reverse);
    const reversal = await processor.reverse({ onlyUndecided }, callFor(key));
    checkSilent(open(), reversal);
    return reversal.kind;
  };

  const silent = (...said: unknown[]): void => checkSilent(open(), ...said);
  return { name, missing, bench: open, run, rowsOf, orderOf, methodOrder, nextKey, callFor, reverse, silent };
}

/** Approved means charged for what was asked, declined means not charged, and nobody was charged twice. */
function checkHonest(rows: readonly Movement[], about: { outcome: Outcome | undefined; order: ChargeOrder }): void {
  assert.ok(rows.length <= 1 && (rows[0]?.arrivals ?? 0) <= 1, `arrived once: ${JSON.stringify(rows)}`);
  const [row] = rows;
  const { kind } = about.outcome ?? {};
  if (kind === 'approved') {
    const { amountMinor, currency } = about.order.money;
    assert.deepEqual([row?.state, row?.amountMinor, row?.currency], ['approved', amountMinor, currency]);
  }
  if (kind === 'declined') assert.ok(row?.state !== 'approved' || row.reversed, `declined but ${row?.state}`);
}

/** No card number and no key in anything that was said or logged. */
function checkSilent(bench: Bench, ...said: unknown[]): void {
  const text = JSON.stringify([said, bench.logged]);
  for (const secret of bench.secrets) assert.ok(!text.includes(secret), 'a secret came through');
}
