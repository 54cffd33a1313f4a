/** The public JSON of a test tenant's clock. */
import { Type } from '@sinclair/typebox';
import type { ClockView } from '../domain/clock-request.ts';
import { SECOND, toIso } from '../lib/time.ts';
import { Instant, open, optional } from './schema.ts';

const next = optional(
  Instant(
    'When something happens by itself next, here or at the sandbox processor. Left out: nothing is waiting for a time.',
  ),
);

export const ClockSchema = open(
  'TestClock',
  {
    now: Instant('What time it is for this tenant.'),
    offset_seconds: Type.Number({ minimum: 0, description: 'How far it is ahead of real time.' }),
    next_due_at: next,
  },
  'The clock of the test mode of an account.',
);

export const ClockMovedSchema = open(
  'TestClockMoved',
  {
    now: Instant('What time it is now for this tenant.'),
    moved_seconds: Type.Number({ minimum: 0, description: 'How far this call moved the clock.' }),
    offset_seconds: Type.Number({ minimum: 0, description: 'How far it is ahead of real time.' }),
    next_due_at: next,
  },
  'The clock after it was moved.',
);

export function renderClock({ now, offsetMs, nextDueAt }: ClockView) {
  return {
    now: toIso(now),
    offset_seconds: offsetMs / SECOND,
    ...(nextDueAt === undefined ? {} : { next_due_at: toIso(nextDueAt) }),
  };
}

export function renderClockMoved(view: ClockView & { movedMs: number }) {
  const { now, ...rest } = renderClock(view);
  return { now, moved_seconds: view.movedMs / SECOND, ...rest };
}
