/** The events that speak of what a scenario made: found by following ids from object to object, in the order of their numbers. */
import type { Event, Tender } from '../../../sdk/src/tender.ts';

const LINKS = [
  'payment_session_id',
  'payment_id',
  'mandate_id',
  'subscription_id',
  'payment_method_id',
  'customer_id',
] as const;

/**
 * The number of the newest event, 0 without any. Numbers have no gaps, so that doubling and halving find it; `known` is one that
 * there is already.
 */
export async function lastSequence(tender: Tender, known = 0): Promise<number> {
  const isAfter = async (after: number): Promise<boolean> =>
    (await tender.events.list({ after, limit: 1 }).page()).data.length > 0;
  let [low, step] = [known, 1];
  if (!(await isAfter(low))) return low;
  // From here on there is something after `low`.
  while (await isAfter(low + step)) [low, step] = [low + step, step * 2];
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isAfter(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** Events after that number which are about these objects or about something of theirs; the ids found on the way are added. */
export async function trail(tender: Tender, after: number, ids: Set<string>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of tender.events.list({ after, limit: 100 })) all.push(event);
  for (let known = -1; known !== ids.size; ) {
    known = ids.size;
    for (const event of all) if (isAbout(event, ids)) ids.add(String(event.data.id));
  }
  return all.filter((event) => ids.has(String(event.data.id)));
}

function isAbout({ data }: Event, ids: ReadonlySet<string>): boolean {
  return ids.has(String(data.id)) || LINKS.some((link) => ids.has(String(data[link])));
}
