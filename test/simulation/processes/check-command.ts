/** `tender check --json` as operators run it: a process of its own on the living database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { checkEverything } from '../../../src/app/checker.ts';
import { commands } from '../../../src/cli/commands.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { realSystem } from '../../../src/system.ts';

const TENDER = join(import.meta.dirname, '../../../src/cli/tender.mjs');

/** What the command finds wrong, as sentences. */
export async function checkFindings(environment: NodeJS.ProcessEnv): Promise<string[]> {
  if (!commands.some(({ name }) => name === 'check')) return inThisProcess(environment);
  const child = spawn(process.execPath, [TENDER, 'check', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code === 0) return [];
  return [`tender check ended with ${code}: ${printed.trim() || words.trim()}`];
}

async function inThisProcess(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const options = { url: environment.DATABASE_URL!, maxConnections: 1, connectTimeoutMs: 5_000, prepared: false };
  const database = openDatabase(options);
  try {
    const checked = await checkEverything({ system: realSystem('silent'), database });
    return checked.filter(({ violations }) => violations > 0).map((one) => JSON.stringify(one));
  } finally {
    await database.close();
  }
}
