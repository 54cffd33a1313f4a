/** `tender check --json` as operators run it: a process of its own on the living database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const TENDER = join(import.meta.dirname, '../../../src/cli/tender.mjs');

/** What the command prints, as far as it is read here. */
interface Printed {
  ok: boolean;
  invariants: { name: string; violations: number; examples: unknown[]; unchecked?: string }[];
}

/** What the command finds wrong, or could not look at, as sentences. */
export async function checkFindings(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const child = spawn(process.execPath, [TENDER, 'check', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const [printed, words, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0 && code !== 1) return [`tender check ended with ${code}: ${words}`];
  const { ok, invariants } = JSON.parse(printed) as Printed;
  const findings = invariants.flatMap(({ name, violations, examples, unchecked }) => {
    if (unchecked !== undefined) return [`tender check: ${name} was not checked, ${unchecked}`];
    return violations === 0 ? [] : [`tender check: ${name}, ${violations} violations: ${JSON.stringify(examples)}`];
  });
  return findings.length === 0 && !ok ? ['tender check finds nothing and is not content'] : findings;
}
