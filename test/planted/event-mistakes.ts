/** Mistakes on the way to the merchant: numbers of events, what may be seen when, and what counts as delivered. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Mistake } from './mistake.ts';

export const eventMistakes: readonly Mistake[] = [
  {
    name: 'events are numbered by id alone',
    story: 'Events get their numbers in the order of their ids; clocks of two servers are taken to agree.',
    edits: [
      {
        file: 'src/app/sequencer.ts',
        from: 'const events = inOrder(unnumbered.events);',
        to: 'const events = unnumbered.events.toSorted((a, b) => (a.id < b.id ? -1 : 1));',
      },
    ],
    foundBy: {
      file: 'test/webhooks/sequence.test.ts',
      test: 'a version whose event has a lower id than the one before it is numbered after it, also across batches',
    },
    complaint: /false !== true/,
  },
  {
    name: 'events are listed before they have a number',
    story: 'The list of events reads by id, so an event that commits late slips in behind a reader that has gone on.',
    edits: [
      {
        file: 'src/store/events.ts',
        from: 'pieces.push(back ? sql`and sequence < ${from.sequence}` : sql`and sequence > ${from.sequence}`);',
        to: 'pieces.push(back ? sql`and sequence < ${from.sequence}` : sql`and coalesce(sequence, 9e15) > ${from.sequence}`);',
      },
    ],
    foundBy: {
      file: 'test/webhooks/sequence.test.ts',
      test: 'an event that is not numbered yet is not seen, neither by id nor in a list',
    },
    complaint: /\+ +sequence: null/,
  },
  {
    name: 'two sequencers move one counter',
    story: 'The counter is set without looking whether another process has moved it since it was read.',
    edits: [
      {
        file: 'src/store/sequence.ts',
        from: '  const at = toIso(numbering.at);\n  await database.claim(sql`\n    with counter as (\n      update event_counters set last_sequence = ${lastSequence + count}\n      where tenant_id = ${tenantId} and last_sequence = ${lastSequence} returning',
        to: '  const at = toIso(numbering.at);\n  await database.claim(sql`\n    with counter as (\n      update event_counters set last_sequence = ${lastSequence + count}\n      where tenant_id = ${tenantId} returning',
      },
      {
        file: 'src/store/sequence.ts',
        from: '      where e.tenant_id = c.tenant_id and e.id = n.id and e.sequence is null returning 1),\n    draft as',
        to: '      where e.tenant_id = c.tenant_id and e.id = n.id returning 1),\n    draft as',
      },
    ],
    foundBy: {
      file: 'test/webhooks/sequence.test.ts',
      test: 'eight writers and three sequencers at once leave numbers without a gap, in the order of versions',
    },
    complaint: /one delivery per event|events_in_order|deliveries_once/,
  },
  {
    name: 'a delivery is done before the receiver answered',
    story: 'The delivery is written down as successful when it is sent; the answer no longer matters.',
    edits: [
      {
        file: 'src/app/deliveries.ts',
        from: '      this.#ended.push({ ...result, claimed });',
        to: '      const { number, at, latencyMs, answer } = result.tried;\n      this.#ended.push({ ...result, gone: false, tried: { number, at, latencyMs, answer, status: 200 }, claimed });',
      },
    ],
    foundBy: {
      file: 'test/webhooks/delivery.test.ts',
      test: 'a receiver that fails twice gets the same bytes again, five seconds and then five minutes later',
    },
    complaint: /0 !== 1/,
  },
  {
    name: 'a replaced secret signs no more',
    story: 'The old secret is taken to sign from its end on instead of up to it.',
    edits: [
      {
        file: 'src/app/webhook-try.ts',
        from: 'app.system.clock.now() < previousSecret.until',
        to: 'app.system.clock.now() > previousSecret.until',
      },
    ],
    foundBy: {
      file: 'test/webhooks/secrets.test.ts',
      test: 'for a day after its secret was replaced a delivery verifies with either, then with the new one alone',
    },
    complaint: /No matching signature/,
  },
  {
    name: 'a delivery sent again takes its place in the order of its object',
    story: 'A delivery that is sent again stays in the lane it was in, so that later changes wait for its tries.',
    edits: [
      {
        file: 'src/store/resending.ts',
        from: "status = 'pending', lane = event_id, ended_at = null,",
        to: "status = 'pending', ended_at = null,",
      },
    ],
    foundBy: {
      file: 'test/webhooks/resending.test.ts',
      test: 'a delivery that is sent again and fails holds up nothing that happens to its object afterwards',
    },
    complaint: /Ada II 3/,
  },
  {
    name: 'two workers make the same step of a recovery',
    story: 'The step of a recovery is written without looking whether another process has made it since it was read.',
    edits: [
      {
        file: 'src/store/resending.ts',
        from: 'and enabled and recover_after = ${from.after}\n      and recover_until = ${from.until} and recover_since = ${toIso(from.since)}`);',
        to: 'and enabled`);',
      },
    ],
    foundBy: {
      file: 'test/webhooks/resending.test.ts',
      test: 'three workers on one recovery of five hundred events send each once',
    },
    complaint: /deliveries_once/,
  },
  {
    name: 'an endpoint switched on again waits for its old schedule',
    story: 'Switching on lets new events go and forgets what was tried before and is due in hours.',
    edits: [
      {
        file: 'src/app/webhooks.ts',
        from: 'if (decision.next.enabled && !endpoint.enabled) {',
        to: 'if (!decision.next.enabled && !endpoint.enabled) {',
      },
    ],
    foundBy: {
      file: 'test/webhooks/resending.test.ts',
      test: 'an endpoint that is switched on again gets at once what waited meanwhile',
    },
    complaint: /2 !== 3/,
  },
];
