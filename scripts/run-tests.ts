/**
 * `npm test`: style, types, then every test file against one shared PostgreSQL, with the runner's own totals at the end.
 * Words after `--` choose: part of a file's path (`test/http/sessions.test.ts`, `sessions`), else part of a test's name;
 * a choice leaves style and types out. `TEST_DATABASE_URL` brings a PostgreSQL of one's own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { startRunServer } from '../test/support/run-server.ts';

const projectFolder = dirname(import.meta.dirname);
/** A test that hangs is reported by name instead of stopping everything. */
const testTimeoutMs = 300_000;

/** What the words on the command line ask for. */
interface Choice {
  files: string[];
  namePatterns: string[];
  /** Given on to `node --test` as they are. */
  flags: string[];
}

function choose(words: string[]): Choice {
  const all = ['test/**/*.test.ts', 'sdk/test/**/*.test.ts']
    .flatMap((glob) => globSync(glob, { cwd: projectFolder }))
    .sort();
  const flags = words.filter((word) => word.startsWith('--'));
  const parts = words.filter((word) => !word.startsWith('--')).map((word) => word.replace(/^\.\//, ''));
  const fileParts = parts.filter((part) => all.some((file) => file.includes(part)));
  const namePatterns = parts.filter((part) => !fileParts.includes(part));
  const files = fileParts.length === 0 ? all : all.filter((file) => fileParts.some((part) => file.includes(part)));
  return { files, namePatterns, flags };
}

/** Runs a program with its output shown and returns whether it succeeded. */
async function run(words: string[], environment: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const child = spawn(words[0]!, words.slice(1), {
    cwd: projectFolder,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const [status] = (await once(child, 'exit')) as [number | null];
  process.off('SIGINT', forward).off('SIGTERM', forward);
  return status === 0;
}

/** Runs a check and says in a line how it went. */
async function step(name: string, words: string[]): Promise<boolean> {
  const startedAt = performance.now();
  const ok = await run([process.execPath, ...words]);
  console.log(`${ok ? '✔' : '✖'} ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return ok;
}

function installed(path: string): string {
  return join(projectFolder, 'node_modules', path);
}

async function main(): Promise<number> {
  const choice = choose(process.argv.slice(2));
  const failed: string[] = [];
  if (process.argv.length === 2) {
    if (!(await step('style (biome check)', [installed('@biomejs/biome/bin/biome'), 'check', '.'])))
      failed.push('style');
    if (!(await step('types (tsc)', [installed('typescript/bin/tsc'), '--noEmit']))) failed.push('types');
  }
  const server = await startRunServer((line) => console.log(line));
  // One more than there are processors: tests wait for the database, for timers and for processes that were killed.
  const concurrency = Math.max(2, availableParallelism() + 1);
  const names = choice.namePatterns.map((pattern) => `--test-name-pattern=${pattern}`);
  const options = [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${testTimeoutMs}`,
    '--test-reporter=spec',
  ];
  console.log(`${choice.files.length} test files, ${concurrency} at a time`);
  try {
    const words = [process.execPath, ...options, ...names, ...choice.flags, ...choice.files];
    if (!(await run(words, { ...process.env, ...server.environment }))) failed.push('tests');
  } finally {
    await server.stop();
  }
  if (failed.length > 0) console.error(`npm test failed: ${failed.join(', ')} (see above).`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
