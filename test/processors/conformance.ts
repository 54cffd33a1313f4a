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
import type { Bench, CardCase, Kit, Missing, Run, RunOptions } from './conformance-bench.ts';
import { approvals, authentication, repetitions, series } from './conformance-charges.ts';
import { notices, steps } from './conformance-later.ts';
import { lies, lostAnswers, recovery } from './conformance-trouble.ts';

const RETURN_URL = 'https://shop.example/back?session=1';

/** Registers the suite. `open` starts the processor on a fresh book. */
export function conformance(name: string, open: () => Promise<Bench>, missing: Missing = {}): void {
  let bench: Bench;
  let keys = 0;
  before(async () => {
    bench = await open();
  });
  after(() => bench?.close());

  const nextKey = (): string => `conformance-${String(++keys).padStart(5, '0')}`;
  const rowsOf = async (key: string) => (await bench.movements()).filter((row) => row.requestKey === key);
  const callFor = (requestKey: string): Call => ({ requestKey, credentials: bench.credentials });
  const orderOf = (card: CardCase | ClearCard, changes: Partial<ChargeOrder> = {}): ChargeOrder => ({
    money: { amountMinor: 1234, currency: 'ZAR' },
    reference: `ref-${keys}`,
    initiator: 'customer',
    instrument: { type: 'card', card: typeof card === 'string' ? bench.card(card) : card },
    returnUrl: RETURN_URL,
    authentication: 'auto',
    ...changes,
  });

  /** Charges once under a new key, checks outcome against book, and hands back what is needed to go on. */
  async function run(order: ChargeOrder, about: RunOptions = {}): Promise<Run> {
    const key = nextKey();
    const operation = about.operation ?? 'charge';
    const placed = { ...order, reference: `ref-${key}` };
    if (about.fault) await bench.arm(key, { operation, ...about.fault });
    const processor = bench.processor(about.limits);
    const outcome = await processor[operation](placed, callFor(key));
    const lookup = async (): Promise<Outcome | 'not_found'> => {
      const asked: KeyOrder = { operation, money: placed.money, reference: placed.reference };
      const found = await processor.lookup(asked, callFor(key));
      silent(found);
      await honest(key, found.kind === 'found' ? found.outcome : undefined, placed);
      return found.kind === 'found' ? found.outcome : found.kind === 'not_found' ? 'not_found' : found;
    };
    silent(outcome);
    if (about.checked !== false) await honest(key, outcome, placed);
    if (outcome.kind === 'action_required' || outcome.kind === 'pending') {
      assert.equal((await rowsOf(key))[0]?.state, outcome.kind);
    }
    return { key, order: placed, outcome, lookup };
  }

  /** Approved means charged for what was asked, declined means not charged, and nobody was charged twice. */
  async function honest(key: string, outcome: Outcome | undefined, order: ChargeOrder): Promise<void> {
    const rows = await rowsOf(key);
    assert.ok(rows.length <= 1 && (rows[0]?.arrivals ?? 0) <= 1, `${key} arrived once: ${JSON.stringify(rows)}`);
    const state = rows[0]?.state;
    if (outcome?.kind === 'approved') {
      assert.equal(state, 'approved');
      assert.deepEqual([rows[0]?.amountMinor, rows[0]?.currency], [order.money.amountMinor, order.money.currency]);
    }
    if (outcome?.kind === 'declined') assert.ok(state !== 'approved' || rows[0]?.reversed, `declined but ${state}`);
  }

  /** No card number, security code or key in anything that was said. */
  function silent(...said: unknown[]): void {
    const text = JSON.stringify([said, bench.logged]);
    for (const secret of bench.secrets) assert.ok(!text.includes(secret), 'a secret came through');
  }

  const reverse = async (key: string, onlyUndecided: boolean): Promise<string> => {
    const processor = bench.processor();
    assert.ok(processor.reverse);
    const reversal = await processor.reverse({ onlyUndecided }, callFor(key));
    silent(reversal);
    return reversal.kind;
  };

  const kit: Kit = { name, missing, bench: () => bench, run, rowsOf, orderOf, nextKey, callFor, reverse, silent };
  approvals(kit);
  authentication(kit);
  series(kit);
  repetitions(kit);
  lostAnswers(kit);
  lies(kit);
  recovery(kit);
  steps(kit);
  notices(kit);
}
