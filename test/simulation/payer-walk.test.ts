/**
 * Payers who type, pay, reload, go back, open a second tab, click twice, lose the connection, leave, let it expire, change the language,
 * and answer their bank late or never: at most one charge, a screen that always agrees with the API, no key that pays twice, nothing
 * typed that is lost. Each walk says its seed: `TENDER_SEED` replays one, `TENDER_ROUNDS` walks as many.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import { assertSound } from './invariants.ts';
import { type Walk, walk } from './payer-walk/walk.ts';

const WALKS = Number(process.env.TENDER_ROUNDS ?? 15);

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app?.close());

function report({ seed, trace, broken }: Walk): string {
  const again = `TENDER_SEED=${seed} node scripts/run-tests.ts test/simulation/payer-walk.test.ts`;
  return [`seed ${seed}:`, ...broken, 'the walk:', ...trace, 'again:', `  ${again}`].join('\n');
}

test('whatever a payer does on the page: one charge at most, and the screen says what is', {
  timeout: 60_000 + WALKS * 20_000,
}, async (t) => {
  const asked = process.env.TENDER_SEED;
  const ends = new Map<string, number>();
  const first = randomInt(1_000_000_000);
  const seeds = asked === undefined ? Array.from({ length: WALKS }, (_, n) => String(first + n)) : [asked];
  for (const seed of seeds) {
    const walked = await walk(app, seed);
    if (asked !== undefined) console.log(walked.trace.join('\n'));
    assert.ok(walked.broken.length === 0, report(walked));
    ends.set(walked.end, (ends.get(walked.end) ?? 0) + 1);
  }
  t.diagnostic(`seeds ${seeds[0]} to ${seeds.at(-1)}: ${[...ends].map(([end, n]) => `${n} ${end}`).join(', ')}`);
  await assertSound(app, { openAllowed: true, snapshots: false });
});
