/** `tender check`: every invariant on the living database, as a table or as one line of JSON. */
import { type Checked, checkEverything, isSound, listInvariants } from '../app/checker.ts';
import { SECOND, toIso } from '../lib/time.ts';
import type { Given } from './given.ts';
import { withApp } from './local.ts';
import { Usage } from './usage.ts';

const REASONS = {
  vault_elsewhere: 'not checked: the vault lies in another database',
  vault_closed: 'not checked: this role may not read the vault',
  too_slow: 'not checked: it took too long and was given up',
} as const;

export async function runCheck(given: Given): Promise<number> {
  const only = given.texts('only');
  for (const name of only ?? []) assertKnown(name);
  return withApp(
    async (app) => {
      const { clock } = app.system;
      const at = clock.now();
      const progress = progressOn(process.stderr, clock);
      const checked = await checkEverything(app, {
        ...(only === undefined ? {} : { only }),
        onProgress: progress.step,
      });
      progress.end();
      const tookMs = clock.now() - at;
      const sound = isSound(checked);
      if (given.flag('json')) {
        const invariants = checked.map(rendered);
        process.stdout.write(`${JSON.stringify({ ok: sound, checked_at: toIso(at), took_ms: tookMs, invariants })}\n`);
      } else {
        process.stdout.write(table(checked));
        process.stderr.write(`${verdict(checked)} (${(tookMs / SECOND).toFixed(1)} s).\n`);
      }
      return sound ? 0 : 1;
    },
    { opensVault: false },
  );
}

function assertKnown(name: string): void {
  const names = listInvariants().map((invariant) => invariant.name);
  if (!names.includes(name))
    throw new Usage(`--only: there is no invariant "${name}". There are:\n  ${names.join('\n  ')}`);
}

/** A line that moves on a terminal; elsewhere a line now and then, and none at all for what is quick. */
function progressOn(stream: NodeJS.WriteStream, clock: { now(): number }) {
  let saidAt = clock.now();
  return {
    step({ number, of, name }: { number: number; of: number; name: string }): void {
      const line = `checking ${number} of ${of}: ${name}`;
      if (stream.isTTY) stream.write(`\r\u001b[2K${line}`);
      else if (clock.now() - saidAt >= 2 * SECOND) {
        saidAt = clock.now();
        stream.write(`${line}\n`);
      }
    },
    end(): void {
      if (stream.isTTY) stream.write('\r\u001b[2K');
    },
  };
}

function table(checked: readonly Checked[]): string {
  const width = Math.max(...checked.map(({ name }) => name.length));
  return checked.map((one) => rows(one, width).join('')).join('');
}

function rows({ name, sentence, violations, examples, unchecked, tookMs }: Checked, width: number): string[] {
  const result = unchecked !== undefined ? REASONS[unchecked] : violations === 0 ? 'holds' : `${violations} violations`;
  const mark = unchecked !== undefined ? '–' : violations === 0 ? '✔' : '✖';
  const first = `${mark} ${name.padEnd(width)}  ${String(tookMs).padStart(6)} ms  ${result}\n`;
  if (violations === 0) return [first];
  const listed = examples.map(({ tenantId, id, detail }) => `    ${tenantId ?? '-'}  ${id}  ${detail}\n`);
  const more = violations > examples.length ? [`    and ${violations - examples.length} more\n`] : [];
  return [first, `    ${sentence}\n`, ...listed, ...more];
}

function rendered({ name, sentence, violations, examples, unchecked, tookMs }: Checked) {
  return {
    name,
    sentence,
    violations,
    examples: examples.map(({ tenantId, id, detail }) => ({ tenant_id: tenantId, id, detail })),
    ...(unchecked === undefined ? {} : { unchecked }),
    took_ms: tookMs,
  };
}

function verdict(checked: readonly Checked[]): string {
  const broken = checked.filter(({ violations }) => violations > 0).length;
  const unchecked = checked.filter((one) => one.unchecked !== undefined).length;
  const beside = unchecked === 0 ? '' : `, ${unchecked} could not be checked`;
  if (broken > 0) return `${broken} of ${checked.length} invariants do not hold${beside}`;
  return `${checked.length - unchecked} invariants hold${beside}`;
}
