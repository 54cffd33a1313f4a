/** Plays one scenario to its named end and tells what came of it: ids, events, rows of the bank's book, and whether both agree. */
import type { Event, Payment } from '../../../sdk/src/tender.ts';
import type { BookRow } from './bank.ts';
import { compareBooks } from './books.ts';
import { lastSequence, trail } from './event-trail.ts';
import { NotReached, Play, type Stage } from './play.ts';
import type { Scenario } from './scenario.ts';

export interface Played {
  scenario: string;
  /** The named end was reached and both books agree. */
  ok: boolean;
  /** Why not. */
  problems: string[];
  ids: string[];
  events: Event[];
  book: BookRow[];
  clockMoved: boolean;
}

/**
 * `known` is the number of an event that there is already. Never throws for what the scenario met; throws where the server or the
 * sandbox cannot be asked at all.
 */
export async function play(stage: Stage, scenario: Scenario, known = 0): Promise<Played> {
  const [after, firstRow] = [await lastSequence(stage.tender, known), await stage.bank.lines()];
  const played = new Play(stage);
  const problems: string[] = [];
  try {
    if (scenario.emits.includes('payment.attempt_failed')) await played.forgetsDeclines();
    await scenario.steps(played);
    await allEmitted(played, scenario, after);
  } catch (error) {
    if (!(error instanceof NotReached)) throw error;
    problems.push(error.message);
  } finally {
    await played.over();
  }
  const events = await trail(stage.tender, after, played.ids);
  const { rows, differences } = await compareBooks(stage.bank, await paymentsOf(stage, events), firstRow);
  problems.push(...differences);
  const ids = [...played.ids];
  return {
    scenario: scenario.name,
    ok: problems.length === 0,
    problems,
    ids,
    events,
    book: rows,
    clockMoved: played.moved,
  };
}

/** Events get their numbers a moment after what they tell of. */
async function allEmitted(played: Play, { emits }: Scenario, after: number): Promise<void> {
  await played.until(`these were told: ${emits.join(', ')}`, async () => {
    const told = new Set(await typesOf(played, after));
    return emits.every((type) => told.has(type)) ? true : undefined;
  });
}

async function typesOf(played: Play, after: number): Promise<string[]> {
  return (await trail(played.tender, after, new Set(played.ids))).map(({ type }) => type);
}

async function paymentsOf({ tender }: Stage, events: readonly Event[]): Promise<Payment[]> {
  const ids = new Set(
    events.map(({ data }) => String(data.payment_id ?? data.id)).filter((id) => id.startsWith('pay_')),
  );
  return Promise.all([...ids].map((id) => tender.payments.get(id)));
}
