/** The master key: where it may come from, and that it does not show itself. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { createMasterKeyFile, deriveKey, loadMasterKey, MasterKeyProblem } from '../../src/vault/master-key.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tender-master-key-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('a new master key file is readable by its owner only and loads as the same key', (t) => {
  const path = join(folder(t), 'master.key');
  const made = createMasterKeyFile(path, randomBytes);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(loadMasterKey({ file: path }).id, made.id);
  assert.equal(loadMasterKey({ text: readFileSync(path, 'utf8') }).id, made.id);
});

test('an existing master key file is never replaced, and no draft is left beside it', (t) => {
  const where = folder(t);
  const path = join(where, 'master.key');
  const first = createMasterKeyFile(path, randomBytes);
  assert.equal(createMasterKeyFile(path, randomBytes).id, first.id);
  assert.deepEqual(readdirSync(where), ['master.key']);
});

test('a master key file that others can read is refused with the command that mends it', (t) => {
  const path = join(folder(t), 'master.key');
  createMasterKeyFile(path, randomBytes);
  for (const mode of [0o644, 0o640, 0o660, 0o604, 0o700, 0o777]) {
    chmodSync(path, mode);
    assert.throws(() => loadMasterKey({ file: path }), { name: 'MasterKeyProblem', message: /mode 0.*chmod 0400/ });
  }
  for (const mode of [0o400, 0o600]) {
    chmodSync(path, mode);
    loadMasterKey({ file: path });
  }
});

test('a text that is not 32 bytes of base64 is refused without being repeated', (t) => {
  const path = join(folder(t), 'master.key');
  const wrong = [
    '',
    ' ',
    'hunter2hunter2',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    randomBytes(32).toString('hex'),
  ];
  for (const text of wrong) {
    const silent = (error: Error) =>
      error instanceof MasterKeyProblem && (text.trim() === '' || !error.message.includes(text));
    assert.throws(() => loadMasterKey({ text }), silent);
    writeFileSync(path, text, { mode: 0o600 });
    assert.throws(() => loadMasterKey({ file: path }), silent);
  }
  assert.throws(() => loadMasterKey({ file: join(path, 'missing') }), MasterKeyProblem);
});

test('further keys of the text are earlier master keys', () => {
  const [now, before] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  for (const text of [`${now}\n${before}\n`, `${now},${before}`]) {
    const key = loadMasterKey({ text });
    assert.equal(key.id, loadMasterKey({ text: now }).id);
    assert.deepEqual(
      key.earlier.map((earlier) => earlier.id),
      [loadMasterKey({ text: before }).id],
    );
  }
});

test('printing or serialising a master key shows none of its bytes', () => {
  const secret = randomBytes(32);
  const key = loadMasterKey({ text: secret.toString('base64') });
  for (const shown of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true }), String(key)]) {
    for (const form of ['base64', 'hex', 'base64url'] as const)
      assert.ok(!shown.includes(secret.toString(form).slice(0, 16)));
  }
});

test('derived keys are the same for one purpose and different for another purpose or key', () => {
  const key = loadMasterKey({ text: randomBytes(32).toString('base64') });
  const other = loadMasterKey({ text: randomBytes(32).toString('base64') });
  assert.equal(deriveKey(key, 'csrf').length, 32);
  assert.deepEqual(deriveKey(key, 'csrf'), deriveKey(key, 'csrf'));
  assert.notDeepEqual(deriveKey(key, 'csrf'), deriveKey(key, 'cookie'));
  assert.notDeepEqual(deriveKey(key, 'csrf'), deriveKey(other, 'csrf'));
  assert.notDeepEqual(
    deriveKey(key, 'wrap'),
    key.derive('wrap'),
    'no purpose of the program is the one that wraps data keys',
  );
});
