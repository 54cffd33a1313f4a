/**
 * The proof can fail. Each known mistake of the catalogue is planted, alone, and the test that stands guard against it must
 * fail, complaining of the right thing; without the mistake the same test passes, for `npm test` runs it too. A mistake that
 * goes unnoticed is a hole in the proof.
 */
import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { mistakes } from './catalogue.ts';
import { removeCompiled, runFinder } from './finder-run.ts';
import { checkFit } from './mistake.ts';

/** Processes at once: they wait for the database more than they compute. */
const AT_ONCE = 2;

const table: { mistake: string; 'found by': string; seconds: number }[] = [];
after(() => {
  removeCompiled();
  for (const row of table)
    console.log(`${row.mistake.padEnd(58)} ${String(row.seconds).padStart(5)} s  ${row['found by']}`);
  console.log(`${table.length} of ${mistakes.length} planted mistakes were found.`);
});

test('every mistake still has its place in the code, and a name of its own', () => {
  for (const mistake of mistakes) checkFit(mistake);
  assert.equal(new Set(mistakes.map(({ name }) => name)).size, mistakes.length);
});

suite('planted and found', { concurrency: AT_ONCE }, () => {
  for (const mistake of mistakes) {
    const { file, test: name } = mistake.foundBy;
    test(`planted and found: ${mistake.name}`, async () => {
      const { ended, seconds, words } = await runFinder(mistake);
      const found = ended.find((one) => one.test === name && !one.passed);
      assert.ok(
        found,
        `a hole in the proof: "${name}" did not fail. ${mistake.story}\n${JSON.stringify(ended)}\n${words}`,
      );
      assert.match(found.why ?? '', mistake.complaint);
      table.push({ mistake: mistake.name, 'found by': `${file}: ${name}`, seconds });
    });
  }
});
