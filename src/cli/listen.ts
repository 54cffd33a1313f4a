/** `tender listen`: events as they happen, one a line, and each forwarded to an address of yours, signed as a webhook is. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Event, Tender } from '../../sdk/src/tender.ts';
import { readConfig } from '../config.ts';
import { whenTold } from './ending.ts';
import type { Given } from './given.ts';
import { listen } from './listening.ts';
import { runningServer } from './running-server.ts';
import { lastSequence } from './scenarios/event-trail.ts';
import { isTaken, type Posted, post, signed } from './signed-post.ts';
import { Usage } from './usage.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runListen(given: Given): Promise<number> {
  const { url, key } = runningServer(given);
  const forwardTo = forwardingOf(given.text('forward-to'));
  const secret = forwardTo === undefined ? undefined : secretOf(given.text('secret'));
  const wants = wantedBy(given.text('events'));
  const tender = new Tender(key, { baseUrl: url });
  const after = await begins(tender, given.text('since'));
  const ending = new AbortController();
  const end = (): void => ending.abort();
  void whenTold().then(end);
  process.stdout.on('error', end);
  say(`Listening to ${url} from event ${after + 1} on. Ctrl-C ends it.`);
  if (secret !== undefined) say(`Forwarding to ${forwardTo}, signed with ${secret}`);
  const counts = { events: 0, taken: 0, notTaken: 0 };
  const onEvent = async (event: Event): Promise<void> => {
    const posted = secret === undefined ? undefined : await forward(event, { url: forwardTo as string, secret });
    counts.events++;
    if (posted !== undefined) counts[isTaken(posted) ? 'taken' : 'notTaken']++;
    process.stdout.write(`${given.flag('json') ? JSON.stringify(facts(event, posted)) : lineOf(event, posted)}\n`);
  };
  await listen({ tender, after, wants, onEvent, onTrouble: say, signal: ending.signal });
  say(`${counts.events} events${secret === undefined ? '' : `, ${counts.taken} taken, ${counts.notTaken} not`}.`);
  return 0;
}

/** One event as a webhook. Failing is told and changes nothing: an event is sent once, and `tender events resend` sends it again. */
export async function forward(event: Event, to: { url: string; secret: string }): Promise<Posted> {
  const body = JSON.stringify(event);
  const headers = await signed(body, to.secret, { id: event.id, timestampMs: Date.now() });
  return post({ url: to.url, body, headers });
}

function forwardingOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const withScheme = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme))
    throw new Usage(`--forward-to is an address such as localhost:3000/webhooks, not "${text}".`);
  return withScheme;
}

/** `payment.*,refund.updated`: types, and all types of an object. */
export function wantedBy(text: string | undefined): (event: Pick<Event, 'type'>) => boolean {
  const wanted = (text ?? '*').split(',').map((one) => one.trim());
  const whole = new Set(wanted);
  const starts = wanted.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  return ({ type }) => whole.has(type) || starts.some((start) => type.startsWith(start));
}

async function begins(tender: Tender, since: string | undefined): Promise<number> {
  if (since === undefined) return lastSequence(tender);
  if (!/^\d{1,15}$/.test(since)) throw new Usage('--since is the number of an event: 0 for all there are.');
  return Number(since);
}

/** One for each data folder, so that an endpoint that knows it goes on working after a restart. */
export function secretOf(given: string | undefined): string {
  if (given !== undefined) {
    if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(given)) throw new Usage('--secret is the text that begins with whsec_.');
    return given;
  }
  const dataDir = resolve(readConfig(process.env).TENDER_DATA_DIR);
  const file = join(dataDir, 'listen.secret');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const made = `whsec_${randomBytes(32).toString('base64')}`;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}

function facts({ id, sequence, type, timestamp, data }: Event, posted: Posted | undefined) {
  const event = { id, sequence, type, timestamp, object_id: data.id };
  if (posted === undefined) return event;
  const { latencyMs: latency_ms } = posted;
  return {
    ...event,
    forward: 'status' in posted ? { status: posted.status, latency_ms } : { failure: posted.failure, latency_ms },
  };
}

function lineOf({ sequence, type, timestamp, data }: Event, posted: Posted | undefined): string {
  const end = posted === undefined ? '' : 'status' in posted ? `  → ${posted.status}` : `  → ${posted.failure}`;
  const time = timestamp.slice(11, 19);
  return `${time}  ${String(sequence).padStart(6)}  ${type.padEnd(28)}  ${String(data.id)}${end}`;
}
