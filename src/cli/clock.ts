/**
 * `tender clock`: where the clock of a test account stands, and moving it forward on a running server. A long way is walked in parts, so
 * that one can watch and no request takes long.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { addMonths } from '../lib/calendar.ts';
import { DAY, fromIso, HOUR, MINUTE, plus, SECOND, type Timestamp, toIso } from '../lib/time.ts';
import type { Given } from './given.ts';
import { ask, type RunningServer, refusal, runningServer, type Said } from './running-server.ts';
import { Usage } from './usage.ts';

export async function runClock(given: Given): Promise<number> {
  const { verb, words } = given;
  if (verb?.name === 'set' && !/^\d{4}-\d{2}-\d{2}/.test(words[0] ?? ''))
    throw new Usage(
      `"${words[0]}" is no instant, such as 2027-01-01T12:00:00Z; \`tender clock advance\` takes a distance.`,
    );
  const server = runningServer(given);
  const shown = await said(server, { method: 'GET', path: '/collect/test/clock' });
  const body = verb?.name === 'show' ? shown.body : await advance(server, instantOf(shown.body.now), words.join(' '));
  process.stdout.write(given.flag('json') ? `${JSON.stringify(body)}\n` : `${wordsOf(body)}\n`);
  return 0;
}

/** Parts of a long way: the clock stands in between for no longer than it takes to ask again. */
const PARTS = 40;
const SHORTEST_PART_MS = DAY;

async function advance(server: RunningServer, from: Timestamp, way: string): Promise<Record<string, unknown>> {
  const to = targetOf(way, from);
  if (to <= from) throw new Usage(`The clock stands at ${toIso(from)} and only moves forward.`);
  const path = '/collect/test/clock/advance';
  // Real time passes too: a short way is asked for as a distance, or it would be over before the question arrives.
  if (to - from <= SHORTEST_PART_MS && /^\d{1,9}[smhdw]?$/.test(way))
    return (await said(server, { method: 'POST', path, body: { seconds: (to - from) / SECOND } })).body;
  const parts = Math.max(1, Math.min(PARTS, Math.floor((to - from) / SHORTEST_PART_MS)));
  let moved = 0;
  for (let part = 1; ; part++) {
    const step = plus(from, Math.round(((to - from) * part) / parts));
    const { body } = await said(server, { method: 'POST', path, body: { to: toIso(step) } });
    moved += Number(body.moved_seconds);
    showProgress(body, { from, to, done: part === parts });
    if (part === parts) return { ...body, moved_seconds: moved };
  }
}

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** `90`, `90s`, `15m`, `12h`, `1d`, `2w`, `3mo`, `1y`, or `to` with a date or an instant. */
function targetOf(way: string, from: Timestamp): Timestamp {
  const named = /^(?:to )?(\d{4}-\d{2}-\d{2}.*)$/.exec(way)?.[1];
  if (named !== undefined) {
    const at = fromIso(/^\d{4}-\d{2}-\d{2}$/.test(named) ? `${named}T00:00:00Z` : named);
    if (at !== undefined) return at;
  }
  const [, count, unit = 's'] = /^(\d{1,9})(mo|y|[smhdw])?$/.exec(way) ?? [];
  if (count === undefined)
    throw new Usage(`"${way}" is no way to go: 90s, 15m, 12h, 1d, 2w, 3mo, 1y, or to 2027-01-01T12:00:00Z.`);
  const ms = UNITS[unit];
  if (ms !== undefined) return plus(from, Number(count) * ms);
  const months = Number(count) * (unit === 'y' ? 12 : 1);
  // A year beyond 9999 is no date; the server says how far a clock goes.
  if (months > 12_000) throw new Usage(`${way} is further than any clock goes.`);
  const [date, time] = toIso(from).split('T') as [string, string];
  return fromIso(`${addMonths(date, months)}T${time}`) as Timestamp;
}

const OTHERS_WALK_MS = 2 * MINUTE;

/** The answer; while another process moves the clock, the one after that. */
async function said(server: RunningServer, request: Parameters<typeof ask>[1]): Promise<Said> {
  const until = Date.now() + OTHERS_WALK_MS;
  for (;;) {
    const answer = await ask(server, request);
    if (answer.status === 200) return answer;
    if (answer.body.code !== 'service_unavailable' || Date.now() > until) throw refusal(answer);
    await wait((answer.retryAfter ?? 1) * SECOND);
  }
}

function showProgress(body: Record<string, unknown>, way: { from: Timestamp; to: Timestamp; done: boolean }): void {
  if (!process.stderr.isTTY) return;
  const share = Math.min(1, (instantOf(body.now) - way.from) / (way.to - way.from));
  process.stderr.write(
    `\r${String(body.now)}  ${String(Math.round(share * 100)).padStart(3)} %${way.done ? '\n' : ''}`,
  );
}

function wordsOf(body: Record<string, unknown>): string {
  const ahead = Number(body.offset_seconds);
  const lines = [`It is ${String(body.now)}, ${ahead === 0 ? 'as everywhere' : `${span(ahead)} ahead of real time`}.`];
  if (body.moved_seconds !== undefined)
    lines.push(`Moved by ${span(Number(body.moved_seconds))}; all that fell due is done.`);
  lines.push(body.next_due_at === undefined ? 'Nothing is due later.' : `Next due: ${String(body.next_due_at)}.`);
  return lines.join('\n');
}

function span(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), Math.round(seconds % 86_400)];
  const clock = [Math.floor(rest / 3_600), Math.floor(rest / 60) % 60, rest % 60].map((n) =>
    String(n).padStart(2, '0'),
  );
  return days === 0 ? clock.join(':') : `${days} ${days === 1 ? 'day' : 'days'} ${clock.join(':')}`;
}

function instantOf(text: unknown): Timestamp {
  const at = typeof text === 'string' ? fromIso(text) : undefined;
  if (at === undefined) throw new Error('The server does not say what time it is: is it a Tender server?');
  return at;
}
