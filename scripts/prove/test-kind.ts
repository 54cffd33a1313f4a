/** A kind of proof that is a set of test files: run as `npm test` runs them, each test a step. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Kind, Run } from './kind.ts';
import type { KindName } from './words.ts';

/** Timers take no more. */
const LONGEST_MS = 2 ** 31 - 1;

const projectFolder = join(import.meta.dirname, '../..');

/** `files` are patterns below the project's folder. */
export function testKind(facts: { name: KindName; share: number; costMs: number; files: readonly string[] }): Kind {
  const { name, share, costMs } = facts;
  return {
    name,
    share,
    costMs,
    async run({ seed, signal, withinMs, onProgress }): Promise<Run> {
      const files = facts.files.flatMap((pattern) => globSync(pattern, { cwd: projectFolder })).sort();
      const tests = startTests(files);
      let ended: 'stopped' | 'cut short' | undefined;
      const end = (how: typeof ended): void => {
        ended ??= how;
        tests.end();
      };
      const stop = (): void => end('stopped');
      signal.addEventListener('abort', stop);
      const timer = setTimeout(() => end('cut short'), Math.min(withinMs, LONGEST_MS));
      let steps = 0;
      const failed: string[] = [];
      tests.listen((name, ok) => {
        // Tests that are ended from outside are reported as failed.
        if (ended !== undefined) return;
        steps += 1;
        if (!ok) failed.push(name);
        onProgress(`test ${steps}`);
      });
      const code = await tests.ended;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (ended === undefined && code !== 0 && failed.length === 0) failed.push(`the tests ended with ${code}`);
      const command = `npm test -- ${files.join(' ')}`;
      const broken = failed.map((violation) => ({ violation, command }));
      return { seed, steps, kills: 0, databaseKills: 0, broken, ...(ended === 'cut short' ? { cutShort: true } : {}) };
    },
  };
}

function startTests(files: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', '--test-concurrency=1', ...files], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, TENDER_MOMENTS: 'all' },
    // A group of its own, so that it can be ended with the processes of its files.
    detached: true,
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    end(): void {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM');
    },
    /** Hears of every test that has ended. */
    listen(hear: (name: string, ok: boolean) => void): void {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const test = /^\s*(not )?ok \d+ - (.*)$/.exec(line);
        if (test !== null) hear(test[2]!, test[1] === undefined);
      });
    },
  };
}
