/**
 * Seeded worlds: nothing that merchants, payers, banks, networks and crashes may do in any order breaks what must hold. Each
 * run draws new seeds and says them; `TENDER_SEED` replays one, `TENDER_STEPS` makes it longer or shorter.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runWorld, type WorldResult } from './seeded-world.ts';

/** For worlds with new seeds, together, beyond the first. */
const SPENT_AFTER_MS = 8_000;
const MOST_WORLDS = 6;
const STEPS = Number(process.env.TENDER_STEPS ?? 120);
const SHORT = 45;

/** What a person needs to see and to repeat what went wrong. */
function report(world: WorldResult): string {
  const lines = [
    `seed ${world.seed} broke what must hold after ${world.steps} steps:`,
    ...world.violations.map((sentence) => `  ${sentence}`),
    'the last steps:',
    ...world.trace.slice(-30),
    'again, looking at everything after every step:',
    `  TENDER_SEED=${world.seed} TENDER_STEPS=${STEPS} node scripts/run-tests.ts test/simulation/seeded-world.test.ts`,
  ];
  return lines.join('\n');
}

function assertWhole(world: WorldResult): void {
  assert.ok(world.violations.length === 0, report(world));
}

test('whatever happens in a world, in whatever order, everything that must hold holds after each step', async (t) => {
  const asked = process.env.TENDER_SEED;
  if (asked !== undefined) {
    assertWhole(await runWorld({ seed: asked, steps: STEPS, thorough: true, onStep: (line) => console.log(line) }));
    return;
  }
  const begun = performance.now();
  for (let count = 1; count <= MOST_WORLDS && (count === 1 || performance.now() - begun < SPENT_AFTER_MS); count++) {
    const seed = randomInt(1_000_000_000);
    const world = await runWorld({ seed, steps: STEPS });
    const seconds = (performance.now() - begun) / 1000;
    t.diagnostic(
      `seed ${seed}: ${world.steps} steps, ${world.violations.length} violations, ${seconds.toFixed(1)} s so far`,
    );
    assertWhole(world);
  }
});

test('one seed gives one walk: the same trace again, in another process too, and another seed another', async () => {
  const seed = String(randomInt(1_000_000_000));
  const [first, elsewhere, other] = await Promise.all([
    runWorld({ seed, steps: SHORT }),
    inAnotherProcess(seed),
    runWorld({ seed: `${seed} and another`, steps: SHORT }),
  ]);
  assertWhole(first);
  assert.equal(elsewhere.join('\n'), first.trace.join('\n'), `seed ${seed}`);
  assertWhole(other);
  assert.notEqual(other.traceDigest, first.traceDigest);
});

/** The trace of `seed` as a new process walks it. */
async function inAnotherProcess(seed: string): Promise<string[]> {
  const module = pathToFileURL(`${import.meta.dirname}/seeded-world.ts`).href;
  const code = `const { runWorld } = await import(${JSON.stringify(module)});
    const { trace } = await runWorld({ seed: ${JSON.stringify(seed)}, steps: ${SHORT} });
    process.stdout.write(JSON.stringify(trace));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(status, 0, `the other process ended with ${status}`);
  return JSON.parse(said) as string[];
}
