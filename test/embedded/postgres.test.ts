/** The embedded server in ordinary life: first start, restart, private addresses, and folders it must not touch. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { possibleIdentities } from '../../src/embedded/identity.ts';
import { processRuns } from '../../src/embedded/process-table.ts';
import { ask, emptyPlace } from './place.ts';

const asRoot = process.getuid?.() === 0;

test('a first start makes a durable UTF-8 database on a private socket, and a restart finds the data again', async (t) => {
  const place = emptyPlace(t);
  process.env.TENDER_MASTER_KEY = 'must not reach the server';
  const first = await place.start();
  delete process.env.TENDER_MASTER_KEY;
  assert.equal(first.adopted, false);
  assert.match(place.said.join('\n'), /Creating the database in .*\nThe database is ready/);
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'listen_addresses',
    'server_encoding',
    'data_checksums',
  ];
  const values = [];
  for (const name of names) values.push(...(await ask<Record<string, string>>(first.url, `show ${name}`)));
  assert.deepEqual(Object.assign({}, ...values), {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    data_checksums: 'on',
  });
  if (process.platform === 'linux') {
    assert.doesNotMatch(readFileSync(`/proc/${first.pid}/environ`, 'utf8'), /must not reach/);
  }
  for (const name of readdirSync(place.root)) {
    if (name === 'MADE_BY_TENDER') continue;
    assert.equal(statSync(join(place.root, name)).mode & 0o077, 0, `${name} is for its owner only`);
  }

  await ask(first.url, 'create table kept (word text)');
  await ask(first.url, `insert into kept values ('žluťoučký')`);
  await first.stop();
  await first.stop();
  assert.equal(processRuns(first.pid), false);

  const startedAt = performance.now();
  const second = await place.start();
  t.diagnostic(`second start: ${Math.round(performance.now() - startedAt)} ms`);
  assert.equal(second.adopted, false);
  assert.deepEqual(await ask(second.url, 'select word from kept'), [{ word: 'žluťoučký' }]);
  assert.equal(place.said.length, 2, 'a later start has nothing to say');
  await second.stop();
});

test('a data folder with a very long path keeps its socket in a short private folder and removes it at the end', async (t) => {
  const place = emptyPlace(t, 'long-'.repeat(25));
  const server = await place.start();
  const socketFolder = new URL(server.url).searchParams.get('host')!;
  assert.equal(dirname(socketFolder), realpathSync(dirname(socketFolder)));
  assert.ok(socketFolder.length < 90, socketFolder);
  assert.equal(statSync(socketFolder).mode & 0o777, 0o700);
  assert.equal((await ask(server.url, 'select 1 as one')).length, 1);
  await server.stop();
  assert.equal(statSync(socketFolder, { throwIfNoEntry: false }), undefined);
});

test('over TCP the server takes a free port of 127.0.0.1 and asks for the password', async (t) => {
  const place = emptyPlace(t);
  const server = await place.start({ transport: 'tcp' });
  const url = new URL(server.url);
  assert.equal(url.hostname, '127.0.0.1');
  assert.notEqual(url.port, '5432');
  assert.equal(url.password, readFileSync(join(place.root, 'password'), 'utf8'));
  assert.deepEqual(await ask(server.url, 'show listen_addresses'), [{ listen_addresses: '127.0.0.1' }]);
  url.password = 'guess';
  await assert.rejects(ask(url.href, 'select 1'), /password authentication failed/);
  await server.stop();
});

test('a folder that holds something else is refused and stays untouched', async (t) => {
  const place = emptyPlace(t);
  mkdirSync(place.root, { recursive: true });
  writeFileSync(join(place.root, 'PG_VERSION'), '15\n');
  await assert.rejects(place.start(), /was not made by Tender \(it holds PG_VERSION\).*TENDER_DATA_DIR/);
  assert.deepEqual(readdirSync(place.root), ['PG_VERSION']);
});

test('a folder of another user is refused', { skip: !asRoot && 'only root can give a folder away' }, async (t) => {
  const place = emptyPlace(t);
  mkdirSync(place.root, { recursive: true });
  chownSync(place.root, 54321, 54321);
  await assert.rejects(place.start(), /belongs to user 54321, and this process runs as user 0/);
  assert.deepEqual(readdirSync(place.root), []);
  chownSync(place.root, 0, 0);
});

test('a cluster of another major version is refused with both versions', async (t) => {
  const place = emptyPlace(t);
  mkdirSync(join(place.root, 'cluster'), { recursive: true });
  writeFileSync(join(place.root, 'MADE_BY_TENDER'), '');
  writeFileSync(join(place.root, 'cluster', 'PG_VERSION'), '15\n');
  await assert.rejects(place.start(), /written by PostgreSQL 15; the installed one is 18.*pg_dump/);
});

test('a server that cannot start is reported with the end of its log', async (t) => {
  const place = emptyPlace(t);
  const server = await place.start();
  await server.stop();
  writeFileSync(join(place.root, 'cluster', 'pg_hba.conf'), 'nonsense\n');
  await assert.rejects(place.start(), /stopped at once[\s\S]*could not load .*pg_hba\.conf/);
  writeFileSync(join(place.root, 'cluster', 'pg_hba.conf'), 'local all all trust\n');
  const repaired = await place.start(); // the failed start left no lock behind
  await repaired.stop();
});

test('the log is cut when it has grown large', async (t) => {
  const place = emptyPlace(t);
  await (await place.start()).stop();
  appendFileSync(join(place.root, 'postgres.log'), 'x'.repeat(5 * 1024 * 1024));
  await (await place.start()).stop();
  assert.ok(statSync(join(place.root, 'postgres.log')).size < 10_000);
  assert.match(readFileSync(join(place.root, 'postgres.log.old'), 'utf8'), /x{100}$/);
});

test('root can run the server in each of the three ways, on one and the same folder', {
  skip: !asRoot && 'only root needs to become somebody else',
}, async (t) => {
  const place = emptyPlace(t);
  const ways = possibleIdentities();
  assert.deepEqual(
    ways.map(({ name }) => name),
    ['namespace', 'user', 'user-with-passage'],
  );
  let runs = 0;
  for (const identity of [...ways, ...ways]) {
    const server = await place.start({ identities: [identity] }).catch((error: Error) => error);
    if (server instanceof Error) {
      assert.match(server.message, new RegExp(`cannot run here:\n {2}${identity.name}: `));
      t.diagnostic(`not possible on this machine: ${identity.name}`);
      continue;
    }
    runs += 1;
    await ask(server.url, `create table run_${runs} ()`);
    await server.stop();
  }
  assert.ok(runs > 0);
});
