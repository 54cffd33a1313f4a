/**
 * Follows the events of an account without an endpoint: asks what came after the last number, sooner while something happens, and
 * hands each event on in the order of its object. A server that is away for a while is waited for.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, type Event, type Tender } from '../../sdk/src/tender.ts';

export interface Listening {
  tender: Tender;
  /** Only events after this number. */
  after: number;
  wants(event: Event): boolean;
  /** What is done with each: events of one object one after another, others side by side. */
  onEvent(event: Event): Promise<void>;
  onTrouble(words: string): void;
  signal: AbortSignal;
}

const SOONEST_MS = 200;
const LATEST_MS = 2_000;
const PAGE = 100;
const SIDE_BY_SIDE = 8;

/** Goes on until told to stop. Throws where the server refuses the key. */
export async function listen(listening: Listening): Promise<void> {
  const { tender, signal, wants } = listening;
  let after = listening.after;
  let pauseMs = SOONEST_MS;
  let away = false;
  while (!signal.aborted) {
    try {
      const { data } = await tender.events.list({ after, limit: PAGE }, { signal, maxRetries: 0 }).page();
      if (away) listening.onTrouble('The server answers again.');
      away = false;
      await handOn(data.filter(wants), listening);
      after = data.at(-1)?.sequence ?? after;
      pauseMs = data.length > 0 ? SOONEST_MS : Math.min(pauseMs * 1.4, LATEST_MS);
      if (data.length === PAGE) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error;
      if (!away) listening.onTrouble(`${(error as Error).message} Trying again.`);
      away = true;
      pauseMs = LATEST_MS;
    }
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One object's events in their order; a few objects at once. */
async function handOn(events: readonly Event[], { onEvent, signal }: Listening): Promise<void> {
  const lines = [...Map.groupBy(events, ({ data }) => String(data.id)).values()];
  const worker = async (): Promise<void> => {
    for (let line = lines.shift(); line !== undefined; line = lines.shift())
      for (const event of line) if (!signal.aborted) await onEvent(event);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}
