/**
 * What is written twice is held equal: generated files and the code they are made from, catalogues and the tests that prove
 * each entry, transition tables and the constraints of the schema.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GENERATED_FILES, textOnDisk } from '../scripts/generate.ts';
import { stateMachines } from '../scripts/generated/states-page.ts';
import { ERRORS } from '../src/domain/errors.ts';
import { EVENT_TYPES } from '../src/domain/events.ts';
import { filesUnder } from './support/source-tree.ts';

for (const file of GENERATED_FILES) {
  test(`${file.path} is what the code says`, async () => {
    assert.equal(textOnDisk(file), await file.make(), `run \`npm run generate\` to write ${file.path} anew`);
  });
}

const program = filesUnder('src', ['.ts']);
const tests = filesUnder('test', ['.test.ts']).filter((file) => !/^test\/(tidy|catalogues)\.test\.ts$/.test(file.path));

function namedIn(files: readonly { code: string }[], word: string): boolean {
  const pattern = new RegExp(`(?<![\\w.])${word.replaceAll('.', '\\.')}(?![\\w.])`);
  return files.some((file) => pattern.test(file.code));
}

test('every page about a decline is one of a code that exists', () => {
  const made = new Set(GENERATED_FILES.map((file) => file.path));
  const pages = filesUnder('docs/declines', ['.md']).map((file) => file.path);
  assert.deepEqual(
    pages.filter((path) => !made.has(path)),
    [],
  );
});

test('every error code is proven by at least one test', () => {
  const unproven = Object.keys(ERRORS).filter((code) => !namedIn(tests, code));
  assert.deepEqual(unproven, []);
});

test('every type of event is proven by at least one test', () => {
  const unproven = EVENT_TYPES.filter((type) => !namedIn(tests, type));
  assert.deepEqual(unproven, []);
});

test('every error code and every type of event is used by the program', () => {
  const elsewhere = program.filter((file) => !/^src\/domain\/(errors|events)\.ts$/.test(file.path));
  const used = (word: string) =>
    namedIn(elsewhere, word) || elsewhere.some((file) => file.code.includes(templateOf(word)));
  assert.deepEqual(
    [...Object.keys(ERRORS), ...EVENT_TYPES].filter((word) => !used(word)),
    [],
  );
});

/** `payment_session.completed` as `payment_session.${status}`, the form in which a decision names the event of a status. */
function templateOf(word: string): string {
  return word.includes('.') ? `\`${word.slice(0, word.lastIndexOf('.'))}.\${` : '\u0000';
}

test('every status of a transition table is allowed by the schema, and no other', async () => {
  const schema = filesUnder('src/store', ['schema.sql'])[0]!.text;
  const tableOf: Record<string, string> = {
    session: 'payment_sessions',
    payment: 'payments',
    attempt: 'attempts',
    step: 'attempts',
    refund: 'refunds',
    mandate: 'mandates',
    subscription: 'subscriptions',
    dueDate: 'subscription_charges',
  };
  for (const machine of await stateMachines()) {
    const table = tableOf[machine.name];
    assert.ok(table, `name the table of ${machine.name} in this test`);
    const constraint = new RegExp(
      `constraint ${table}_status_check CHECK \\(\\(status = ANY \\(ARRAY\\[([^\\]]*)\\]`,
    ).exec(schema);
    assert.ok(constraint, `${table} constrains its status`);
    const allowed = [...constraint[1]!.matchAll(/'([^']+)'/g)].map((match) => match[1]!);
    assert.deepEqual(allowed.sort(), Object.keys(machine.transitions).sort());
  }
});

test('every state of a transition table leads only to states of that table', async () => {
  const machines = await stateMachines();
  assert.ok(machines.length >= 4);
  for (const { name, transitions } of machines) {
    const states = new Set(Object.keys(transitions));
    const strangers = Object.values(transitions)
      .flat()
      .filter((state) => !states.has(state));
    assert.deepEqual(strangers, [], name);
  }
});
