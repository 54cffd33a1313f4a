/** The book on disk: chained, cut where torn, refused where damaged, closed to a second writer, believed after a restart. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Book, type BookOptions, openBook } from '../../src/sandbox/book.ts';
import { type BookLine, readBook } from '../../src/sandbox/book-file.ts';
import { type Disk, realDisk } from '../../src/sandbox/group-commit.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { card, foundTown, temporaryFolder } from './merchant.ts';

function open(folder: string, changes: Partial<BookOptions> = {}, replay: (line: BookLine) => void = () => {}): Book {
  return openBook(
    {
      folder,
      sync: 'always',
      maxBytes: 1 << 30,
      now: () => Date.UTC(2026, 0, 1),
      disk: realDisk,
      onFatal: (error) => {
        throw error;
      },
      ...changes,
    },
    replay,
  );
}

const durable = (book: Book, n: number): Promise<void> => new Promise((resolve) => book.whenDurable(n, resolve));

test('lines are numbered without gaps, chained, and read back as written', async (t) => {
  const folder = temporaryFolder(t);
  const book = open(folder);
  for (let i = 0; i < 50; i++) book.append('charge', { value: i });
  await durable(book, book.lines);
  await book.close();
  const lines: BookLine[] = [];
  const again = open(folder, {}, (line) => lines.push(line));
  assert.deepEqual([again.seed, again.salt, again.id], [book.seed, book.salt, book.id]);
  assert.deepEqual(
    lines.map(({ n, value }) => [n, value]),
    Array.from({ length: 50 }, (_, i) => [i + 2, i]),
  );
  assert.equal(again.bytes, statSync(book.path).size);
  await again.close();
});

test('a torn last line is cut off, wherever it was torn, and writing goes on', async (t) => {
  const folder = temporaryFolder(t);
  const book = open(folder);
  await durable(book, book.append('charge', { value: 1 }));
  const kept = readFileSync(book.path);
  await durable(book, book.append('charge', { value: 2 }));
  await book.close();
  const whole = readFileSync(book.path);
  for (let length = kept.length; length < whole.length; length += 13) {
    writeFileSync(book.path, whole.subarray(0, length));
    const torn = open(folder);
    assert.equal(torn.lines, 2);
    assert.equal(torn.torn, length - kept.length);
    await durable(torn, torn.append('charge', { value: 3 }));
    await torn.close();
    assert.equal(readBook(book.path, () => {}).lines, 3);
  }
});

test('damage anywhere else is named by its line and nothing starts on it', async (t) => {
  const { folder, merchant, sandbox } = await foundTown(t);
  for (let i = 0; i < 3; i++) await merchant.charge(`the-key-${i}`);
  await sandbox.close();
  const path = join(folder, 'book.jsonl');
  const text = readFileSync(path, 'utf8');
  for (const [damaged, line] of [
    [text.replace('"value":2000', '"value":2001'), 4],
    [text.replace(/^.*\n/, ''), 1],
    [text.split('\n').toSpliced(2, 1).join('\n'), 3],
  ] as const) {
    writeFileSync(path, damaged);
    await assert.rejects(startSandbox({ folder, sync: 'off' }), new RegExp(`damaged at line ${line}`));
  }
  writeFileSync(path, text);
});

test('a second writer is kept out; the lock of a dead one is not', async (t) => {
  const town = await foundTown(t);
  await assert.rejects(startSandbox({ folder: town.folder, sync: 'off' }), /already writing the book/);
  const lock = join(town.folder, 'lock');
  await town.sandbox.close();
  assert.equal(existsSync(lock), false);
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'another life' }));
  await town.restarts();
  const own = JSON.parse(readFileSync(lock, 'utf8'));
  assert.equal(own.pid, process.pid);
  if (process.platform === 'linux') assert.notEqual(own.started, 'another life');
});

test('whichever write or sync fails first, nothing is answered from then on', async (t) => {
  for (const kind of ['write', 'sync'] as const) {
    for (let nth = 1; nth <= 4; nth++) {
      let count = 0;
      const fails = (done: (error: Error, written: number) => void): boolean => {
        if (++count < nth) return false;
        done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }), 0);
        return true;
      };
      const disk: Disk = {
        write: (file, data, done) => (kind === 'write' && fails(done)) || realDisk.write(file, data, done),
        sync: (file, done) => (kind === 'sync' && fails(done)) || realDisk.sync(file, done),
      };
      const failed = Promise.withResolvers<Error>();
      const book = open(temporaryFolder(t), { disk, onFatal: failed.resolve });
      const told: number[] = [];
      const tell = (): void => {
        const n = book.append('charge', { value: 1 });
        book.whenDurable(n, () => {
          told.push(n);
          tell();
        });
      };
      tell();
      assert.match((await failed.promise).message, /no space left/);
      book.whenDurable(book.append('charge', { value: 2 }), () => assert.fail('answered after the disk had failed'));
      await book.close();
      assert.equal(told.length, nth - 1);
    }
  }
});

test('short writes are carried on until the line is whole', async (t) => {
  const disk: Disk = { ...realDisk, write: (file, data, done) => realDisk.write(file, data.subarray(0, 7), done) };
  const folder = temporaryFolder(t);
  const book = open(folder, { disk });
  await durable(book, book.append('charge', { value: 1 }));
  await book.close();
  assert.equal(readBook(book.path, () => {}).lines, 2);
});

test('a full book refuses with 503 before anything moves', async (t) => {
  const { merchant, rows } = await foundTown(t, { bookMaxBytes: 70_000 });
  let refused = 0;
  for (let i = 0; i < 12; i++) {
    const { status, body } = await merchant.charge(`the-key-${i}`);
    if (status === 503 && body.error.code === 'book_full') refused++;
  }
  assert.ok(refused > 0);
  assert.equal((await rows()).length, 12 - refused);
});

test('after a restart every charge, key, token, clock and fault is as before', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const first = (await merchant.charge('the-key-1', { agreement: { use: 'initial', type: 'recurring' } })).body;
  await merchant.charge('the-key-2', { method: card('4000000000009995') });
  const reserved = (await merchant.charge('the-key-3', { intent: 'authorize' })).body;
  await merchant.call('POST', `/v1/charges/${reserved.id}/captures`, {
    key: 'the-key-4',
    body: { amount: { value: 500, currency: 'ZAR' } },
  });
  await merchant.waits(3_600_000);
  await town.arms('answer_lost', { match: { request_key: 'the-key-lost' } });
  const before = {
    book: await town.rows(),
    verdict: (await town.control('GET', '/book/check')).body,
    charges: (await merchant.call('GET', '/v1/charges')).body,
    faults: (await town.control('GET', '/control/faults')).body,
  };
  const clock = Date.parse((await merchant.call('GET', '/v1/clock')).body.now);
  await town.restarts();
  assert.deepEqual(await town.rows(), before.book);
  assert.deepEqual((await town.control('GET', '/book/check')).body, before.verdict);
  assert.deepEqual((await merchant.call('GET', '/v1/charges')).body, before.charges);
  assert.deepEqual((await town.control('GET', '/control/faults')).body, before.faults);
  assert.ok(Date.parse((await merchant.call('GET', '/v1/clock')).body.now) >= clock);
  assert.equal(
    (await merchant.charge('the-key-1', { agreement: { use: 'initial', type: 'recurring' } })).body.id,
    first.id,
  );
  const agreement = { use: 'subsequent', type: 'recurring', network_transaction_id: first.network_transaction_id };
  const alone = { initiator: 'merchant', agreement, method: { type: 'token', token: first.token } };
  assert.equal((await merchant.charge('the-key-5', alone)).body.status, 'approved');
});

test('an account whose book was deleted is told so and made anew', async (t) => {
  const town = await foundTown(t);
  await town.merchant.charge('the-key-1');
  await town.sandbox.close();
  rmSync(join(town.folder, 'book.jsonl'));
  await town.restarts();
  assert.equal((await town.merchant.call('GET', '/v1/account')).status, 401);
  const anew = await town.openAccount('shop');
  assert.notEqual(anew.key, town.merchant.key);
  assert.equal((await anew.charge('the-key-1')).status, 201);
});

test('secrets lie in files that only their owner may read', async (t) => {
  const { folder } = await foundTown(t);
  for (const file of ['accounts.json', 'control.key', 'book.jsonl', 'lock']) {
    assert.equal(statSync(join(folder, file)).mode & 0o077, 0, file);
  }
  assert.doesNotMatch(readFileSync(join(folder, 'book.jsonl'), 'utf8'), /mk_|ns_|ck_/);
});

test('a file that is not a book is not taken for one', async (t) => {
  const folder = temporaryFolder(t);
  appendFileSync(join(folder, 'book.jsonl'), '{"some":"log"}\n');
  await assert.rejects(startSandbox({ folder }), /damaged at line 1/);
});
