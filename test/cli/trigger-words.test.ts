/** What `tender trigger` and `tender faults` make of what is typed: lists, suggestions, and refusals before anything is done. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { faults } from '../../src/cli/commands/faults.ts';
import { faultFrom } from '../../src/cli/faults.ts';
import { readWords } from '../../src/cli/given.ts';
import { scenarios } from '../../src/cli/scenarios/catalogue.ts';
import { Usage } from '../../src/cli/usage.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

interface Run {
  code: number;
  printed: string;
  words: string;
}

function run(args: string[], key = `sk_test_${'0'.repeat(49)}`): Promise<Run> {
  const env = { TENDER_URL: 'http://127.0.0.1:9', TENDER_SECRET_KEY: key, TENDER_DATA_DIR: '/nowhere' };
  const { promise, resolve } = Promise.withResolvers<Run>();
  execFile(process.execPath, ['src/cli/tender.mjs', ...args], { cwd: PROJECT_FOLDER, env }, (error, printed, words) =>
    resolve({ code: Number(error?.code ?? 0), printed, words }),
  );
  return promise;
}

test('without a word every scenario is listed, also as JSON, and nobody is asked', async () => {
  const [words, json] = await Promise.all([run(['trigger']), run(['trigger', '--list', '--json'])]);
  assert.deepEqual([words.code, json.code], [0, 0]);
  const listed = (JSON.parse(json.printed) as { data: { name: string }[] }).data.map(({ name }) => name);
  assert.deepEqual(
    listed,
    scenarios.map(({ name }) => name),
  );
  for (const name of listed) assert.ok(words.printed.includes(`  ${name} `), name);
});

test('a scenario that does not exist ends with 2 and the one that was meant; a live key is refused', async () => {
  const bank = ['--sandbox', 'http://127.0.0.1:9', '--control-key', 'ck_none'];
  const [typo, live] = await Promise.all([
    run(['trigger', 'payd', ...bank]),
    run(['trigger', 'paid', ...bank], `sk_live_${'0'.repeat(49)}`),
  ]);
  assert.deepEqual([typo.code, typo.printed], [2, '']);
  assert.match(typo.words, /Did you mean "paid"\?/);
  assert.deepEqual([live.code, live.printed], [2, '']);
  assert.match(live.words, /Only in test mode/);
});

test('a fault is read from its words: numbers are numbers, and what only looks like one stays text', () => {
  const read = (...argv: string[]) => faultFrom(readWords(faults, ['add', ...argv]));
  const words = ['slow', '--param', 'ms=12000', '--match', 'last4=4242', '--match', 'amount.min=100', '--times', '3'];
  assert.deepEqual(read(...words), {
    kind: 'slow',
    params: { ms: 12_000 },
    match: { last4: '4242', amount: { min: 100 } },
    times: 3,
  });
  assert.deepEqual(read('decline', '--param', 'code=51').params, { code: '51' });
  assert.deepEqual(read('silent', '--param', 'charged=true').params, { charged: true });
  assert.throws(() => read('slow', '--param', 'ms'), Usage);
  assert.throws(() => read('slow', '--times', 'often'), Usage);
});

test('no two scenarios have one name, and none is called like a type of event', () => {
  const names = scenarios.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of [...names, 'storm']) assert.doesNotMatch(name, /[._]/);
});
