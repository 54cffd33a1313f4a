/** `npm run prove` as a command: its words, how it shares out the time, and what it says when something was broken. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Kind, Run } from '../../scripts/prove/kind.ts';
import { holds, type Outcome, reportJson, reportText } from '../../scripts/prove/report.ts';
import { runUntil, type Tally } from '../../scripts/prove/schedule.ts';
import { readWords, WrongWords } from '../../scripts/prove/words.ts';

const projectFolder = join(import.meta.dirname, '../..');

function prove(...words: string[]) {
  const child = spawnSync(process.execPath, ['scripts/prove.ts', ...words], { cwd: projectFolder, encoding: 'utf8' });
  return { code: child.status, printed: child.stdout, words: child.stderr };
}

test('the help shows examples first, and wrong words answer 2 with the help', () => {
  assert.match(prove('--help').printed, /^Examples:\n {2}npm run prove/);
  const wrong = prove('--minuets', '3');
  assert.deepEqual({ code: wrong.code, printed: wrong.printed }, { code: 2, printed: '' });
  assert.match(wrong.words, /--minuets[\s\S]*Examples:/);
});

test('each wrong word is named', () => {
  const wrong: [string[], RegExp][] = [
    [['--minutes', 'ten'], /--minutes is a number above 0, not "ten"/],
    [['--minutes', '0'], /--minutes/],
    [['--only', 'worlds,moons'], /--only knows worlds, kills, sweep, races, not "moons"/],
    [['--kills', '-1'], /--kills/],
    [['--database-kills', '1.5'], /--database-kills is a whole number, not "1.5"/],
    [['--replay', 'a/worlds/1'], /--replay needs --only/],
    [['more'], /more/],
  ];
  for (const [words, message] of wrong) {
    assert.throws(
      () => readWords(words),
      (error: Error) => error instanceof WrongWords && message.test(error.message),
    );
  }
});

/** A kind of proof that takes as long as it says, on a clock that stands otherwise. */
function pretend(clock: { now: number }, facts: { name: Kind['name']; share: number; takesMs: number }): Kind {
  return {
    name: facts.name,
    share: facts.share,
    costMs: facts.takesMs,
    async run({ seed }): Promise<Run> {
      clock.now += facts.takesMs;
      return { seed, steps: 1, kills: 0, databaseKills: 0, broken: [] };
    },
  };
}

async function courseOf(minutes: number, facts: { name: Kind['name']; share: number; takesMs: number }[]) {
  const clock = { now: 0 };
  const tallies = facts.map(
    (one): Tally => ({
      kind: pretend(clock, one),
      runs: [],
      spentMs: 0,
      costMs: one.takesMs,
    }),
  );
  const course = { tallies, now: () => clock.now, endsAt: minutes * 60_000 };
  await runUntil(course, { seed: 's', signal: new AbortController().signal, onProgress: () => undefined });
  return { tallies, clock };
}

test('the time is shared out as the kinds ask for, and not overdrawn', async () => {
  const { tallies, clock } = await courseOf(10, [
    { name: 'worlds', share: 50, takesMs: 5_000 },
    { name: 'kills', share: 40, takesMs: 60_000 },
    { name: 'races', share: 10, takesMs: 20_000 },
  ]);
  assert.ok(clock.now <= 600_000 && clock.now > 590_000, `${clock.now} ms`);
  const [worlds, kills, races] = tallies.map(({ spentMs }) => spentMs / clock.now);
  assert.ok(Math.abs(worlds! - 0.5) < 0.1 && Math.abs(kills! - 0.4) < 0.1 && Math.abs(races! - 0.1) < 0.05);
  const seeds = tallies.flatMap(({ runs }) => runs.map(({ seed }) => seed));
  assert.equal(new Set(seeds).size, seeds.length, 'every run has a seed of its own');
});

test('a run is made even when the time is too short for one', async () => {
  const { tallies } = await courseOf(0.1, [{ name: 'kills', share: 1, takesMs: 60_000 }]);
  assert.equal(tallies[0]!.runs.length, 1);
});

test('a violation is shown with the command that shows it again, and fails the proof', () => {
  const broken = [
    { violation: 'pay_1 was charged twice', command: `npm run prove -- --only kills --replay 's/kills/1'` },
  ];
  const tally = (found: typeof broken): Tally => ({
    kind: pretend({ now: 0 }, { name: 'kills', share: 1, takesMs: 1 }),
    runs: [{ seed: 's/kills/1', steps: 7, kills: 3, databaseKills: 2, broken: found }],
    spentMs: 1_000,
    costMs: 1_000,
  });
  const outcome = (found: typeof broken): Outcome => ({
    seed: 's',
    minutes: 1,
    tallies: [tally(found)],
    replay: undefined,
    interrupted: false,
  });
  assert.match(
    reportText(outcome(broken)),
    /kills +1 +7 +3 \+ 2 +1\n[\s\S]*✖ pay_1 was charged twice\n {2}npm run prove -- --only kills/,
  );
  assert.equal(holds(outcome(broken)), false);
  assert.equal(holds(outcome([])), true);
  const another = { seed: 'r', steps: 1, traceDigest: 'd', same: false };
  assert.equal(holds({ ...outcome([]), replay: another }), false, 'another trace for the same seed fails it too');
  const json = JSON.parse(reportJson(outcome(broken)));
  assert.equal(json.ok, false);
  assert.deepEqual(json.kinds[0].violations, broken);
});
