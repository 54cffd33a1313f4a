/** `tender check` as operators run it, what the worker makes of it by itself, and where both are seen. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { cleanEnvironment } from '../../scripts/demo/tender-process.ts';
import { checkEverything, isSound, listInvariants } from '../../src/app/checker.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { checkDuty } from '../../src/worker/check-duty.ts';
import { untilQuiet } from '../simulation/quiet.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'tender-check-'));
const names = listInvariants().map(({ name }) => name);
let app: TestApp;
before(async () => {
  // In real time, because the command has a clock of its own.
  app = await testApp({ realTime: true });
  await app.payer.pays(await app.merchant.createSession(), cards.approved);
  await untilQuiet(app);
});
after(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true });
});

async function run(...args: string[]): Promise<{ code: number; printed: string; words: string }> {
  const child = spawn(process.execPath, ['src/cli/tender.mjs', 'check', ...args], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), TENDER_DATA_DIR: dataDir, DATABASE_URL: app.database.url },
  });
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, printed, words };
}

/** Breaks one invariant in two objects while `work` runs. */
async function broken(work: () => Promise<void>): Promise<void> {
  await app.database.query('update payments set voided_amount = 0, refunding_amount = 1');
  await app.database.query(`update customers set name = 'Thandi'`);
  try {
    await work();
  } finally {
    await app.database.query('update payments set refunding_amount = 0');
  }
}

test('a sound database: a line for each invariant on stdout, the verdict on stderr, code 0, and no file written', async () => {
  const { code, printed, words } = await run();
  assert.equal(code, 0, printed + words);
  const lines = printed.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => /^✔ (\S+) +\d+ ms {2}holds$/.exec(line)?.[1]),
    names,
  );
  assert.match(words, new RegExp(`^${names.length} invariants hold \\(\\d+\\.\\d s\\)\\.\\n$`));
  assert.deepEqual(readdirSync(dataDir), []);
});

test('--json is one line that names every invariant with its sentence', async () => {
  const { code, printed } = await run('--json');
  assert.equal(code, 0);
  assert.equal(printed.trimEnd().split('\n').length, 1);
  const report = JSON.parse(printed);
  assert.equal(report.ok, true);
  assert.deepEqual(
    report.invariants.map(({ name, sentence }: { name: string; sentence: string }) => ({ name, sentence })),
    listInvariants(),
  );
});

test('a violation ends with 1 and names the object, its tenant and what is wrong, in both forms', async () => {
  await broken(async () => {
    const [payment] = await app.database.query<{ id: string }>('select id from payments');
    const { code, printed, words } = await run();
    assert.equal(code, 1);
    assert.match(
      printed,
      new RegExp(
        `✖ amounts-are-sums-of-attempts.*1 violations\\n {4}The amounts.*\\n {4}tnt_.* {2}${payment!.id} {2}.*on its way back 1`,
      ),
    );
    assert.match(words, /1 of \d+ invariants do not hold/);
    const report = JSON.parse((await run('--json', '--only', 'amounts-are-sums-of-attempts')).printed);
    assert.equal(report.ok, false);
    assert.equal(report.invariants.length, 1);
    assert.deepEqual(
      { violations: report.invariants[0].violations, example: report.invariants[0].examples[0].id },
      { violations: 1, example: payment!.id },
    );
    assert.equal(report.invariants[0].examples[0].tenant_id, app.tenantId);
  });
});

test('wrong words end with 2 and say which invariants there are', async () => {
  const unknown = await run('--only', 'no-such-rule');
  assert.equal(unknown.code, 2);
  assert.match(unknown.words, /no invariant "no-such-rule"[\s\S]*one-success-per-session[\s\S]*For example:/);
  assert.equal((await run('--everything')).code, 2);
  const help = await run('--help');
  assert.equal(help.code, 0);
  assert.match(help.printed, /^Examples:\n {2}tender check/);
});

test('every invariant is told before it is looked at', async () => {
  const told: string[] = [];
  const checked = await checkEverything(app.program.app, {
    onProgress: ({ number, of, name }) => told.push(`${number}/${of} ${name}`),
  });
  assert.ok(isSound(checked));
  assert.deepEqual(
    told,
    names.map((name, i) => `${i + 1}/${names.length} ${name}`),
  );
});

test('a check can change nothing: its connection only reads', async () => {
  await app.program.app.database.inspect(async (inspector) => {
    await assert.rejects(inspector.rows('update payments set version = version + 1 returning 1', []), {
      code: '25006',
    });
    assert.deepEqual(await inspector.rows('select 1 as one', []), [{ one: 1 }], 'and goes on after a failure');
  });
});

test('an invariant about the vault is not checked where the vault is out of reach, and that is no fault', async () => {
  await app.database.query('alter schema vault rename to elsewhere');
  try {
    const checked = await checkEverything(app.program.app, {
      only: ['nonces-are-used-once', 'saved-cards-can-be-opened'],
    });
    assert.deepEqual(
      checked.map(({ unchecked }) => unchecked),
      ['vault_elsewhere', 'vault_elsewhere'],
    );
    assert.ok(isSound(checked));
  } finally {
    await app.database.query('alter schema elsewhere rename to vault');
  }
});

test('the worker checks by itself, not in its first minutes, one worker for all, and shows what it found', async (t) => {
  const own = await testApp();
  t.after(() => own.close());
  const get = async (path: string) => (await fetch(own.url + path)).text();
  const workers = [0, 1].map(() => checkDuty(own.program.app, HOUR));
  const work = async () => (await Promise.all(workers.map((duty) => duty.run()))).sort();
  assert.deepEqual(await work(), [0, 0], 'what piled up comes first');
  assert.equal(JSON.parse(await get('/health/ready')).details.checks, undefined);
  assert.doesNotMatch(await get('/metrics'), /^tender_(invariant|check)/m);
  await own.payer.pays(await own.merchant.createSession(), cards.approved);
  own.clock.advance(6 * MINUTE);
  await own.runDue();
  assert.deepEqual(await work(), [0, 1]);
  assert.deepEqual(await work(), [0, 0], 'an hour has not passed');
  const ready = JSON.parse(await get('/health/ready'));
  assert.deepEqual(ready, {
    status: 'ok',
    details: {
      database: 'ok',
      checks: { ended_at: '2026-11-22T12:06:00.000Z', took_ms: 0, violations: 0, broken: [], unchecked: [] },
    },
  });

  await own.database.query('update payments set refunding_amount = 1');
  own.clock.advance(HOUR);
  await own.runDue();
  assert.deepEqual(await work(), [0, 1]);
  own.clock.advance(90_000);
  const answer = await fetch(`${own.url}/health/ready`);
  assert.equal(answer.status, 200, 'a server that can work works');
  assert.deepEqual((await answer.json()).details.checks.broken, ['amounts-are-sums-of-attempts']);
  const metrics = await get('/metrics');
  assert.match(metrics, /^tender_invariant_violations\{invariant="amounts-are-sums-of-attempts"\} 1$/m);
  assert.match(metrics, /^tender_invariant_violations\{invariant="one-success-per-session"\} 0$/m);
  assert.match(metrics, /^tender_check_age_seconds 90$/m);
  assert.match(metrics, /^# TYPE tender_check_duration_seconds gauge\ntender_check_duration_seconds 0$/m);
  assert.doesNotMatch(metrics, /tnt_|pay_|acc_/);
  const loud = own.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 60);
  assert.equal(loud.length, 1);
  assert.equal(loud[0].invariant, 'amounts-are-sums-of-attempts');
});

test('a check that is broken off by the end of its process is taken again', async (t) => {
  const own = await testApp();
  t.after(() => own.close());
  const duty = checkDuty(own.program.app, HOUR);
  own.clock.advance(6 * MINUTE);
  const { database } = own.program.app;
  const inspect = database.inspect.bind(database);
  database.inspect = () => inspect(async () => Promise.reject(new Error('Connection terminated')));
  await assert.rejects(duty.run(), /did not answer/);
  database.inspect = inspect;
  assert.equal(await duty.run(), 0, 'it may still be running in another process');
  own.clock.advance(2 * HOUR);
  await own.runDue();
  assert.equal(await duty.run(), 1);
});
