/** The embedded server when parents, servers and first starts are killed at the worst moment: nothing acknowledged is lost. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { processRuns } from '../../src/embedded/process-table.ts';
import { startParent } from './parent-process.ts';
import { ask, emptyPlace } from './place.ts';

/** A parent that has started its server, and that server's address. */
async function startedParent(dataDir: string) {
  const parent = startParent(dataDir);
  const report = await parent.report;
  assert.equal(report.kind, 'started', JSON.stringify(report));
  return { parent, server: report as typeof report & { kind: 'started' } };
}

/** Ends the server and every process of it at once, as a power cut would. */
function killWholeServer(pid: number): void {
  const children =
    process.platform === 'linux' ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ') : [];
  process.kill(pid, 'SIGKILL');
  for (const child of children) {
    if (processRuns(Number(child))) process.kill(Number(child), 'SIGKILL');
  }
}

/** Writes rows from several connections until the server dies; returns the rows whose commit was acknowledged. */
async function writeUntilDeath(url: string, afterRows: number, kill: () => void): Promise<number[]> {
  await ask(url, 'create table if not exists entry (number int primary key)');
  const acknowledged: number[] = [];
  let next = 0;
  const writer = async () => {
    const client = new pg.Client(url);
    client.on('error', () => undefined); // the connection is meant to break
    await client.connect();
    for (;;) {
      const number = next++;
      try {
        await client.query('insert into entry values ($1)', [number]);
      } catch {
        return; // the server is gone
      }
      acknowledged.push(number);
      if (acknowledged.length === afterRows) kill();
    }
  };
  await Promise.all([writer(), writer(), writer(), writer()]);
  return acknowledged;
}

async function missingEntries(url: string, acknowledged: number[]): Promise<number[]> {
  const rows = await ask<{ number: number }>(url, 'select number from entry');
  const present = new Set(rows.map(({ number }) => number));
  return acknowledged.filter((number) => !present.has(number));
}

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`the server survives a ${signal} to its parent's whole process group and is adopted by the next start`, async (t) => {
    const place = emptyPlace(t);
    const { parent, server } = await startedParent(place.dataDir);
    await ask(server.url, 'create table kept ()');
    await parent.kill(signal);
    assert.equal((await ask(server.url, 'select 1')).length, 1, 'the server still answers');
    const next = await place.start();
    assert.deepEqual([next.adopted, next.pid, next.url], [true, server.pid, server.url]);
    await ask(next.url, 'select from kept');
    await next.stop();
    assert.equal(processRuns(server.pid), false);
  });
}

test('when parent and server are killed in the middle of writing, the next start has every acknowledged commit', async (t) => {
  const place = emptyPlace(t);
  const { parent, server } = await startedParent(place.dataDir);
  let killed: Promise<void> | undefined;
  const acknowledged = await writeUntilDeath(server.url, 300, () => {
    killed = parent.kill('SIGKILL');
    killWholeServer(server.pid);
  });
  await killed;
  const next = await place.start();
  assert.equal(next.adopted, false);
  assert.deepEqual(await missingEntries(next.url, acknowledged), []);
  t.diagnostic(`${acknowledged.length} commits acknowledged before the kill`);
  await next.stop();
});

test('a server killed under a living parent comes back at the same address with every acknowledged commit', async (t) => {
  const place = emptyPlace(t);
  const server = await place.start();
  const before = server.pid;
  // Only the main process this time: its children must be gone before a new server may touch the data.
  const acknowledged = await writeUntilDeath(server.url, 300, () => process.kill(before, 'SIGKILL'));
  await place.hears('The database runs again');
  assert.notEqual(server.pid, before);
  assert.deepEqual(await missingEntries(server.url, acknowledged), []);
  await server.stop();
});

test('of several starters on one new folder one wins and the others name it; when it is killed, one takes its place', async (t) => {
  const place = emptyPlace(t);
  const first = await contend(t, place.dataDir, 3);
  await first.kill('SIGKILL');
  const second = await contend(t, place.dataDir, 3);
  const report = await second.report;
  assert.ok(report.kind === 'started' && report.adopted);
  await second.kill('SIGKILL');
});

/** Starts several parents at once, checks that exactly one won, and returns it. */
async function contend(t: TestContext, dataDir: string, count: number) {
  const parents = Array.from({ length: count }, () => startParent(dataDir));
  const reports = await Promise.all(parents.map(({ report }) => report));
  const winners = parents.filter((_, index) => reports[index]!.kind === 'started');
  assert.equal(winners.length, 1, JSON.stringify(reports));
  const winner = winners[0]!;
  t.after(() => winner.process.kill('SIGKILL'));
  for (const report of reports) {
    if (report.kind === 'started') continue;
    assert.ok(report.kind === 'held', JSON.stringify(report));
    assert.equal(report.pid, winner.process.pid);
    assert.match(report.message, new RegExp(`in use by process ${winner.process.pid}\\b.*TENDER_DATA_DIR`));
  }
  return winner;
}

test('a first start killed half-way leaves no half database: the next one begins again', async (t) => {
  const place = emptyPlace(t);
  mkdirSync(place.dataDir, { recursive: true });
  const parent = startParent(place.dataDir);
  parent.report.catch(() => undefined); // it never gets to report
  await initialisingBegins(place.dataDir);
  await parent.kill('SIGKILL');
  assert.equal(existsSync(join(place.root, 'cluster')), false);
  const server = await place.start();
  assert.equal((await ask(server.url, 'select 1')).length, 1);
  assert.deepEqual(
    readdirSync(place.root).filter((name) => name.startsWith('initialising')),
    [],
  );
  await server.stop();
});

function initialisingBegins(dataDir: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dataDir, { recursive: true }, () => {
      const root = join(dataDir, 'postgres');
      const drafts = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith('initialising-')) : [];
      if (!drafts.some((name) => existsSync(join(root, name, 'PG_VERSION')))) return;
      watcher.close();
      resolve();
    });
  });
}

test('a pid file left by a crash is no obstacle when its number now belongs to an unrelated process', async (t) => {
  const place = emptyPlace(t);
  const first = await place.start();
  const pidFile = join(place.root, 'cluster', 'postmaster.pid');
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  await first.stop();
  writeFileSync(pidFile, [process.ppid, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  const second = await place.start();
  assert.equal(second.adopted, false);
  await second.stop();
});

test('a surviving server that cannot be reached any more is started again', async (t) => {
  const place = emptyPlace(t);
  const first = await place.start();
  await first.detach();
  rmSync(join(place.root, 'socket'), { recursive: true });
  const second = await place.start();
  assert.equal(second.adopted, false);
  assert.notEqual(second.pid, first.pid);
  assert.match(place.said.join('\n'), /still runs but does not answer/);
  await second.stop();
});
