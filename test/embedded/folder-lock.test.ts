/** The lock of a data folder: one owner at a time, and no dead owner in the way. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FolderHeldError, lockFolder } from '../../src/embedded/folder-lock.ts';
import { processRuns, processStartMark } from '../../src/embedded/process-table.ts';

function lockPlace(): string {
  const path = mkdtempSync(join(tmpdir(), 'tender-lock-'));
  test.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a held folder is refused with the id of the process that holds it, and free again after its release', () => {
  const folder = lockPlace();
  const lock = lockFolder(folder, '/data');
  assert.throws(
    () => lockFolder(folder, '/data'),
    (error) =>
      error instanceof FolderHeldError && error.pid === process.pid && error.message.includes(`${process.pid}`),
  );
  lock.release();
  lock.release();
  const next = lockFolder(folder, '/data');
  lock.release(); // an old lock must not free the folder of a later owner
  assert.throws(() => lockFolder(folder, '/data'), FolderHeldError);
  next.release();
});

test('a lock whose owner is dead, or whose process id belongs to a younger process, is taken over', () => {
  const folder = lockPlace();
  writeFileSync(join(folder, '7'), JSON.stringify({ pid: 2 ** 22 + 1, started: 'long ago' }));
  lockFolder(folder, '/data').release();
  writeFileSync(join(folder, '20'), JSON.stringify({ pid: process.pid, started: 'before this process' }));
  lockFolder(folder, '/data').release();
  assert.deepEqual(readdirSync(folder), ['21']);
});

test('a lock file that nobody finished writing does not block the folder', () => {
  const folder = lockPlace();
  writeFileSync(join(folder, '3'), '{"pid":');
  lockFolder(folder, '/data').release();
});

test('of many processes that find a dead owner at the same moment exactly one takes over', async () => {
  const folder = lockPlace();
  writeFileSync(join(folder, '1'), JSON.stringify({ pid: 2 ** 22 + 1, started: 'long ago' }));
  const contenders = Array.from({ length: 6 }, () => fork(join(import.meta.dirname, 'lock-contender.ts'), [folder]));
  const ready = contenders.map((child) => once(child, 'message'));
  await Promise.all(ready);
  const answers = contenders.map(async (child) => (await once(child, 'message'))[0] as string);
  for (const child of contenders) child.send('go');
  const outcome = await Promise.all(answers);
  for (const child of contenders) child.kill('SIGKILL');
  assert.equal(outcome.filter((word) => word === 'mine').length, 1, outcome.join());
  assert.equal(outcome.filter((word) => word === 'held').length, 5, outcome.join());
});

test('a process is known by its start: the mark of a living one stays, a dead one has none', async () => {
  assert.equal(processStartMark(process.pid), processStartMark(process.pid));
  assert.notEqual(processStartMark(process.pid), undefined);
  const child = fork(join(import.meta.dirname, 'lock-contender.ts'), ['/nowhere']);
  await once(child, 'message');
  assert.equal(processRuns(child.pid!), true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(processRuns(child.pid!), false);
  assert.equal(processStartMark(child.pid!), undefined);
});
