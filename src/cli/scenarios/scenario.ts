/** What a scenario is: its name, what it shows, which events it brings about, and the steps that do it. */
import type { EventData } from '../../../sdk/src/tender.ts';
import type { Play } from './play.ts';

export type EventType = keyof EventData;

export type Area = 'Paying' | 'Series' | 'After' | 'Other methods' | 'Trouble' | 'Objects';

export interface Scenario {
  name: string;
  area: Area;
  /** One sentence: what happens and how it ends. */
  summary: string;
  /** Every type of event it brings about, each once. */
  emits: readonly EventType[];
  /** It cannot be had without time passing: the test clock of the account is moved. */
  clock?: true;
  /** Throws NotReached where the named end is not reached. */
  steps(play: Play): Promise<unknown>;
}

/** How a session reads that was paid, and one whose payer may try again. */
export const PAID = { status: 'completed', payment_outcome: 'paid' } as const;
export const UNPAID = { status: 'active', payment_outcome: 'unpaid' } as const;

/** What is told of a session that is paid, and of one whose attempt failed. */
export const PAID_EVENTS = [
  'payment_session.created',
  'payment_session.updated',
  'payment_session.completed',
  'payment.succeeded',
] as const satisfies EventType[];
export const DECLINED_EVENTS = [
  'payment_session.created',
  'payment_session.updated',
  'payment.attempt_failed',
] as const satisfies EventType[];
