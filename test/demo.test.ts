/** `npm run demo` keeps its word: the whole path holds, with JavaScript and without, and the first payment is quick. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { cleanEnvironment } from '../scripts/demo/tender-process.ts';
import { PROJECT_FOLDER } from './support/source-tree.ts';

test('the demo pays, charges again, declines, retries and confirms at the bank, with and without JavaScript, off the net', async (t) => {
  const cut = mayCutNetwork();
  t.diagnostic(
    cut ? 'nothing but loopback was within reach' : 'the network stayed on: cutting it off needs root, unshare and ip',
  );
  const run = await demo(['--json'], cut);
  assert.equal(run.code, 0, run.words);
  const lines = run.printed.trimEnd().split('\n');
  assert.equal(lines.length, 1, 'one line of JSON on stdout');
  const facts = JSON.parse(lines[0]!) as { ok: boolean; ready_to_first_paid_ms: number; steps: { name: string }[] };
  assert.equal(facts.ok, true);
  assert.equal(facts.steps.length, 13);
  assert.match(run.words, /From ready to the first paid session with its webhook: \d+\.\d s/);
  // Promised under 3 s; this machine may be running other test files at the same time.
  assert.ok(facts.ready_to_first_paid_ms < 15_000, `first payment after ${facts.ready_to_first_paid_ms} ms`);
});

test('the demo tells how it is used when it is given words it does not know', async () => {
  assert.deepEqual({ code: (await demo(['--fast'])).code, help: (await demo(['--help'])).code }, { code: 2, help: 0 });
});

/** Whether this machine lets us start a process in a network of its own. */
function mayCutNetwork(): boolean {
  return spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;
}

async function demo(options: string[], offTheNet = false): Promise<{ code: number; printed: string; words: string }> {
  const command = [process.execPath, 'scripts/demo.ts', ...options];
  const cut = ['unshare', '-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [program, ...args] = offTheNet ? [...cut, ...command] : command;
  const child = spawn(program!, args, {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), TENDER_SANDBOX_LATENCY: '0' },
  });
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, printed, words };
}
