/**
 * `tender trigger`: makes real things happen on a running server, with its sandbox as the bank, and ends with 0 only if the end that
 * the scenario names was reached and the server's book and the bank's agree.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Tender } from '../../sdk/src/tender.ts';
import { openPage } from './browser-page.ts';
import type { Given } from './given.ts';
import { suggestion } from './near-word.ts';
import { runningSandbox } from './running-sandbox.ts';
import { runningServer } from './running-server.ts';
import { scenarioFor, scenarios } from './scenarios/catalogue.ts';
import type { Stage } from './scenarios/play.ts';
import { type Played, play } from './scenarios/runner.ts';
import { Usage } from './usage.ts';

const SLOW_BANK_MS = 12_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runTrigger(given: Given): Promise<number> {
  const [word] = given.words;
  if (given.flag('list') || word === undefined) {
    process.stdout.write(given.flag('json') ? `${JSON.stringify({ data: scenarios.map(listed) })}\n` : table());
    return 0;
  }
  const stage = stageFor(given);
  if (word === 'storm') return (await import('./scenarios/storm-command.ts')).runStorm(given, stage);
  const scenario = scenarioFor(word);
  if (scenario === undefined)
    throw new Usage(`There is no scenario "${word}".${meant(word)} \`tender trigger --list\`.`);
  say(`${scenario.name}: ${scenario.summary}`);
  const played = await play(stage, scenario);
  process.stdout.write(given.flag('json') ? `${JSON.stringify(facts(played))}\n` : told(played));
  for (const problem of played.problems) say(problem);
  say(played.ok ? 'The end was reached, and both books agree.' : 'Not as it should be.');
  return played.ok ? 0 : 1;
}

/** The shop, the payer and the bank for a command: in real time, on the running server. */
export function stageFor(given: Given): Stage {
  const { url, key } = runningServer(given);
  if (!key.startsWith('sk_test_'))
    throw new Usage('Only in test mode: give a secret test key, which begins with sk_test_.');
  const amount = given.text('amount') ?? '20000';
  if (!/^\d{1,12}$/.test(amount)) throw new Usage('--amount is a whole number of minor units: 20000 is R 200.00.');
  return {
    tender: new Tender(key, { baseUrl: url }),
    bank: runningSandbox(given),
    amountMinor: Number(amount),
    currency: (given.text('currency') ?? 'ZAR').toUpperCase(),
    pause: (ms) => wait(ms),
    say,
    ...(given.flag('open') ? { show: openPage } : {}),
    random: Math.random,
    nowMs: Date.now,
    slowMs: SLOW_BANK_MS,
  };
}

function meant(word: string): string {
  return suggestion(word, [...scenarios.flatMap(({ name, emits }) => [name, ...emits]), 'storm']);
}

function listed({ name, area, summary, emits, clock }: (typeof scenarios)[number]) {
  return { name, area, summary, emits, moves_clock: clock === true };
}

/** By area, with what each shows. */
function table(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const areas = Map.groupBy(scenarios, ({ area }) => area);
  const parts = [...areas].map(([area, those]) => {
    const rows = those.map(({ name, summary, clock }) => `  ${name.padEnd(width)}  ${summary}${clock ? ' ⏱' : ''}\n`);
    return `${area}\n${rows.join('')}`;
  });
  const storm = `Load\n  ${'storm'.padEnd(width)}  Many payments at once with faults; ends with both books being checked.\n`;
  return `${[...parts, storm].join('\n')}\n⏱ moves the test clock of the account forward.\n`;
}

function facts({ scenario, ok, problems, ids, events, book, clockMoved }: Played) {
  const short = events.map(({ id, type, sequence, data }) => ({ id, type, sequence, object_id: data.id }));
  return { scenario, ok, problems, ids, events: short, book, clock_moved: clockMoved };
}

/** Ids, events and the bank's book, one a line. */
function told({ ids, events, book }: Played): string {
  const lines = [
    ...ids.map((id) => `id     ${id}`),
    ...events.map(
      ({ sequence, type, data }) => `event  ${String(sequence).padStart(5)}  ${type.padEnd(28)}  ${data.id}`,
    ),
    ...book.map(
      ({ kind, state, amount, currency, reversed, processor_ref: ref }) =>
        `book   ${ref}  ${kind} ${state}${reversed ? ', reversed' : ''}  ${amount ?? '-'} ${currency ?? ''}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
