/** `tender seed`: a believable history for a test account, so that lists, reports and screens have something to show. */
import { createHash } from 'node:crypto';
import type { Given } from './given.ts';
import { makeHistory } from './scenarios/history.ts';
import { stageFor } from './trigger.ts';
import { Usage } from './usage.ts';

const PAYERS = 16;
const MOST = 10_000;
const MOST_DAYS = 730;
const SAYS_EVERY_MS = 2_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runSeed(given: Given): Promise<number> {
  const payments = wholeNumber(given, { name: 'payments', otherwise: 200, most: MOST });
  const days = wholeNumber(given, { name: 'days', otherwise: 90, most: MOST_DAYS });
  const seed = given.text('seed') ?? String(Date.now() % 1_000_000);
  const stage = { ...stageFor(given), random: randomBy(seed) };
  const startedAt = performance.now();
  say(`${payments} payments over ${days} days, seed ${seed}.`);
  if (days > 0) say('The test clock of this account moves forward by as much; --days 0 leaves it alone.');
  let saidAt = startedAt;
  const onProgress = (done: number): void => {
    if (performance.now() - saidAt < SAYS_EVERY_MS) return;
    saidAt = performance.now();
    say(`${done} of ${payments}`);
  };
  const made = await makeHistory(stage, { payments, days, payers: PAYERS, onProgress });
  const took_ms = Math.round(performance.now() - startedAt);
  const words = Object.entries(made).map(([fate, count]) => `${fate.padEnd(12)}  ${count}\n`);
  process.stdout.write(
    given.flag('json') ? `${JSON.stringify({ payments, days, seed, made, took_ms })}\n` : words.join(''),
  );
  say(`Done in ${(took_ms / 1000).toFixed(1)} s.`);
  return 0;
}

function wholeNumber(
  given: Given,
  { name, otherwise, most }: { name: string; otherwise: number; most: number },
): number {
  const text = given.text(name) ?? String(otherwise);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new Usage(`--${name} is a whole number up to ${most}, not "${text}".`);
  return value;
}

/** The same numbers for the same seed: each is cut from a hash of the seed and its place. */
export function randomBy(seed: string): () => number {
  let place = 0;
  return () => createHash('sha256').update(`${seed}:${place++}`).digest().readUInt32BE(0) / 2 ** 32;
}
