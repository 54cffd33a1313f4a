/** A kind of proof that is a set of test files: run as `npm test` runs them, each test a step. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Broken, Kind, Run } from './kind.ts';
import type { KindName } from './words.ts';

const projectFolder = join(import.meta.dirname, '../..');

/** `files` are patterns below the project's folder. */
export function testKind(facts: { name: KindName; share: number; costMs: number; files: readonly string[] }): Kind {
  const { name, share, costMs } = facts;
  return {
    name,
    share,
    costMs,
    async run({ seed, signal, onProgress }): Promise<Run> {
      const files = facts.files.flatMap((pattern) => globSync(pattern, { cwd: projectFolder })).sort();
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const child = spawn(process.execPath, ['--test', '--test-reporter=tap', '--test-concurrency=1', ...files], {
        cwd: projectFolder,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: environment,
      });
      const stop = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop);
      let steps = 0;
      const failed: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => {
        const test = /^\s*(not )?ok \d+ - (.*)$/.exec(line);
        if (test === null) return;
        steps += 1;
        if (test[1] !== undefined) failed.push(test[2]!);
        onProgress(`test ${steps}`);
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      signal.removeEventListener('abort', stop);
      return {
        seed,
        steps,
        kills: 0,
        databaseKills: 0,
        broken: broken({ failed, code, files, aborted: signal.aborted }),
      };
    },
  };
}

function broken(end: { failed: string[]; code: number | null; files: string[]; aborted: boolean }): Broken[] {
  if (end.code === 0 || end.aborted) return [];
  const command = `npm test -- ${end.files.join(' ')}`;
  const sentences = end.failed.length > 0 ? end.failed : [`the tests ended with ${end.code}`];
  return sentences.map((violation) => ({ violation, command }));
}
