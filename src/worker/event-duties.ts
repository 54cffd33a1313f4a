/**
 * The duties that bring events to merchants: numbering them, delivering them, and putting right what a crash left. The first
 * two look at once when nudged and at a beat otherwise, so that a lost nudge, another process's work and a due retry cost a
 * moment at most.
 */
import type { App } from '../app/context.ts';
import { type DeliveryOptions, Dispatcher, deliverDue, repairDue } from '../app/deliveries.ts';
import { continueRecoveries } from '../app/resending.ts';
import { sequenceEvents } from '../app/sequencer.ts';
import { MINUTE } from '../lib/time.ts';
import type { Duty } from './runner.ts';

const POLL_MS = 500;
/** A recovery goes on when its endpoint has kept up; looking whether there is one costs a fifth of a millisecond. */
const RECOVER_POLL_MS = 250;
/** Events of other processes bring no nudge; looking costs a fifth of a millisecond. */
const SEQUENCE_POLL_MS = 50;
/** Under load one pass carries many events; an event that comes alone is not held up by these. */
const SEQUENCE_PAUSE_MS = 16;
const DELIVER_PAUSE_MS = 3;

/** How many events of a tenant one pass takes. */
const PASS_EVENTS = 1_000;

/** The duties of one process. `run` of `deliver` waits until every try is written down; the runner does not. */
export function eventDuties(app: App, options: Partial<DeliveryOptions> = {}): Duty[] {
  const dispatcher = new Dispatcher(app, options);
  return [
    {
      name: 'number events',
      everyMs: SEQUENCE_POLL_MS,
      pauseMs: SEQUENCE_PAUSE_MS,
      run: () => sequenceEvents(app, PASS_EVENTS),
      // A pass that was not full has left nothing, and what comes next brings a nudge: no second look is needed.
      begin: async () => ((await sequenceEvents(app, PASS_EVENTS)) < PASS_EVENTS ? 0 : 1),
      listen: (hear) => app.nudge.listen('events', hear),
    },
    {
      name: 'deliver events',
      everyMs: POLL_MS,
      pauseMs: DELIVER_PAUSE_MS,
      run: () => deliverDue(dispatcher),
      // What is left waits for a free place at its endpoint, and the dispatcher nudges when there is one.
      begin: async () => {
        await dispatcher.begin();
        return 0;
      },
      settled: () => dispatcher.settled(),
      listen: (hear) => app.nudge.listen('deliveries', hear),
    },
    {
      name: 'recover endpoints',
      everyMs: RECOVER_POLL_MS,
      run: () => continueRecoveries(app),
      listen: (hear) => app.nudge.listen('recoveries', hear),
    },
    { name: 'repair deliveries', everyMs: MINUTE, run: () => repairDue(app) },
  ];
}
