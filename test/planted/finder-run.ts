/** Runs a named test of one file in a process of its own, with a mistake in the code. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Mistake, projectFolder } from './mistake.ts';
import type { Ended } from './report-lines.ts';

/** A finder takes a second or two; one that hangs on a mistake has not found it. */
const LONGEST_MS = 60_000;

export interface FinderRun {
  ended: Ended[];
  seconds: number;
  /** What the process wrote to stderr: the reason when no test ended at all. */
  words: string;
}

/** Modules as they were compiled by the runs before: a fifth less to do. What a mistake changes is compiled anew. */
const compiled = mkdtempSync(join(tmpdir(), 'tender-planted-'));

/** Takes away what the runs left behind. */
export function removeCompiled(): void {
  rmSync(compiled, { recursive: true, force: true });
}

/** Answers every test that ended. A process that could not run them at all ended none; `words` says why. */
export async function runFinder(mistake: Mistake): Promise<FinderRun> {
  const { file, test } = mistake.foundBy;
  const { NODE_TEST_CONTEXT: _, PLANTED_MISTAKE: __, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [
      '--import',
      './test/planted/plant.ts',
      '--test-reporter=./test/planted/report-lines.ts',
      `--test-name-pattern=/^${escaped(test)}$/`,
      join(projectFolder, file),
    ],
    {
      cwd: projectFolder,
      env: { ...environment, TENDER_MOMENTS: 'all', NODE_COMPILE_CACHE: compiled, PLANTED_MISTAKE: mistake.name },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const begun = performance.now();
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const [lines, words] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(timer);
  return {
    ended: lines.split('\n').flatMap(endedIn),
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    words: words.slice(-2_000),
  };
}

/** A name as a pattern that fits nothing else. */
function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Test files print tables and the like between the lines of the reporter. */
function endedIn(line: string): Ended[] {
  if (!line.startsWith('{"test":')) return [];
  return [JSON.parse(line) as Ended];
}
