/**
 * The two duties that bring events to merchants: numbering them, and delivering them. Both look at once when tapped on the
 * shoulder and every half second otherwise, so that a lost tap, another process's work and a due retry cost a moment at most.
 */
import type { App } from '../app/context.ts';
import { type DeliveryOptions, Dispatcher, deliverDue, repairDue } from '../app/deliveries.ts';
import { sequenceEvents } from '../app/sequencer.ts';
import { MINUTE } from '../lib/time.ts';
import { type Pulse, startPulse } from './pulse.ts';

/** One kind of work, done once when asked: answers how much there was to do. */
export interface Duty {
  runOnce(): Promise<number>;
}

export interface EventDuties {
  /** Numbers everything that waits for a number. */
  sequence: Duty;
  /** Delivers everything that is due and waits until it is written down. */
  deliver: Duty;
  /** Puts right what a crash left half done. */
  repair: Duty;
}

/** The duties for stepping: nothing happens between calls. */
export function eventDuties(app: App, options: Partial<DeliveryOptions> = {}): EventDuties {
  const dispatcher = new Dispatcher(app, options);
  return {
    sequence: { runOnce: () => sequenceAll(app) },
    deliver: { runOnce: () => deliverDue(dispatcher) },
    repair: { runOnce: () => repairDue(app) },
  };
}

const POLL_MS = 500;
/** The least pause between two passes: under load one pass then carries many events, and alone an event hardly waits. */
const SEQUENCE_PAUSE_MS = 8;
const DELIVER_PAUSE_MS = 4;

/** Runs the duties until stopped. `stop` lets tries that have begun finish. */
export function startEventDuties(app: App, options: Partial<DeliveryOptions> = {}): { stop(): Promise<void> } {
  const { nudge } = app;
  const dispatcher = new Dispatcher(app, options);
  const pulses: Pulse[] = [
    startPulse(app.system, {
      name: 'sequence',
      work: () => sequenceEvents(app),
      pollMs: POLL_MS,
      pauseMs: SEQUENCE_PAUSE_MS,
      listen: (tap) => nudge.listen('events', tap),
    }),
    startPulse(app.system, {
      name: 'deliver',
      work: () => dispatcher.begin(),
      pollMs: POLL_MS,
      pauseMs: DELIVER_PAUSE_MS,
      listen: (tap) => nudge.listen('deliveries', tap),
    }),
    startPulse(app.system, { name: 'repair', work: () => repairDue(app), pollMs: MINUTE, pauseMs: MINUTE }),
  ];
  return {
    async stop() {
      await Promise.all(pulses.map((pulse) => pulse.stop()));
      await dispatcher.settled();
    },
  };
}

async function sequenceAll(app: App): Promise<number> {
  let numbered = 0;
  for (;;) {
    const count = await sequenceEvents(app);
    if (count === 0) return numbered;
    numbered += count;
  }
}
