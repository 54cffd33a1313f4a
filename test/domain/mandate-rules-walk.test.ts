/**
 * The rules against an oracle that looks at one moment at a time. Each run draws a new seed and says it; `TENDER_SEED` replays one.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { evaluate } from '../../src/domain/mandate-rules.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { drawsOf } from '../simulation/seeded-world/draws.ts';
import { type Broken, HALF_HOUR, oracleFor } from './charge-oracle.ts';
import { type RandomCharge, randomCharge } from './random-charges.ts';

const CASES = 1_500;

/** What the program says is broken, in the words of the oracle. */
function brokenBy({ facts, asked }: RandomCharge, at: Timestamp): Broken[] {
  const { violations } = evaluate(facts, asked, at);
  return violations.map(({ code, mayHoldFrom }) => ({ code, hopeless: typeof mayHoldFrom === 'string' }));
}

test('1,500 random mandates: what is broken at a moment, and the first half hour at which nothing is', (t) => {
  const seed = process.env.TENDER_SEED ?? String(randomInt(1_000_000_000));
  const begun = performance.now();
  const draws = drawsOf(`charges ${seed}`);
  const counts = { allowed: 0, later: 0, never: 0, doubtful: 0 };
  const met = new Set<string>();
  for (let number = 0; number < CASES; number++) {
    const one = randomCharge(draws);
    const oracle = oracleFor(one);
    const say = () => `TENDER_SEED=${seed}, case ${number}: ${JSON.stringify(one)}`;
    for (const ahead of [0, 1, draws.below(48 * 7), draws.below(48 * 90)]) {
      const at = (one.now + ahead * HALF_HOUR) as Timestamp;
      const broken = brokenBy(one, at);
      assert.deepEqual(broken, oracle.brokenAt(at), `${say()} at ${new Date(at).toISOString()}`);
      for (const { code } of broken) met.add(code);
    }
    const { nextAllowedAt } = evaluate(one.facts, one.asked, one.now);
    const walked = oracle.walk();
    if (walked.doubtful && nextAllowedAt === undefined) counts.doubtful++;
    else {
      assert.equal(nextAllowedAt ?? 'never', walked.at, say());
      counts[walked.at === 'never' ? 'never' : walked.at === one.now ? 'allowed' : 'later']++;
    }
  }
  const seconds = (performance.now() - begun) / 1000;
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}, ${met.size} codes, ${seconds.toFixed(1)} s`);
  assert.ok(counts.later > CASES / 5, 'hardly anything had to wait: no walk was compared');
  assert.ok(met.size >= 17, `some rules were never broken: ${[...met].join(', ')}`);
});
