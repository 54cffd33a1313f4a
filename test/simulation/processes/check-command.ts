/** `tender check --json` as operators run it: a process of its own on the living database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const TENDER = join(import.meta.dirname, '../../../src/cli/tender.mjs');

/** What the command finds wrong, as sentences. */
export async function checkFindings(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const child = spawn(process.execPath, [TENDER, 'check', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code === 0) return [];
  return [`tender check ended with ${code}: ${printed.trim() || words.trim()}`];
}
