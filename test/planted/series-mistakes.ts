/** Mistakes after the first payment: what a charge takes of its mandate, what a bank's no sets in motion, and what a subscription makes of both. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Mistake } from './mistake.ts';

const usage = 'test/http/mandate-usage.test.ts';
const crowds = 'test/simulation/mandate-crowds.test.ts';
const declines = 'test/http/declines.test.ts';
const subscriptions = 'test/http/subscriptions.test.ts';

export const seriesMistakes: readonly Mistake[] = [
  {
    name: 'the sums of a series move without their version',
    story: 'A charge adds to the sums it was decided on without looking whether another has moved them since.',
    edits: [
      {
        file: 'src/store/mandate-usage.ts',
        from: 'where tenant_id = ${c.tenantId} and series_id = ${c.seriesId} and version = ${version}`',
        to: 'where tenant_id = ${c.tenantId} and series_id = ${c.seriesId}`',
      },
    ],
    foundBy: {
      file: crowds,
      test: 'of 50 charges whose answers are lost half the time no more than two a month are ever made, and what is unknown keeps its place',
    },
    complaint: /two are begun, paid or unknown/,
  },
  {
    name: 'a declined charge gives nothing back',
    story: 'Only what succeeded is written to the charge; a declined one stays open and keeps what it reserved.',
    edits: [
      {
        file: 'src/app/charge-end.ts',
        from: '  if (after.state === under.charge.state && after.unknown === under.charge.unknown) return;\n',
        to: '  if (after.unknown === under.charge.unknown) return;\n',
      },
    ],
    foundBy: {
      file: usage,
      test: 'a charge that succeeded counts with its amount, a declined one gives everything back',
    },
    complaint: /\+ +2\b/,
  },
  {
    name: 'a charge does not say which date it took',
    story: 'The date of the schedule is used to decide and left out of the row of the charge.',
    edits: [
      {
        file: 'src/app/charge-intent.ts',
        from: '    ...slot,\n',
        to: '    effectiveDate: slot.effectiveDate,\n    windows: slot.windows,\n',
      },
    ],
    foundBy: {
      file: subscriptions,
      test: 'a charge of the merchant takes the due date of a scheduled mandate, and leaves that of one on demand alone',
    },
    // There is no due date to read: the one that was taken is not known to be.
    complaint: /reading 'status'/,
  },
  {
    name: 'the last of the agreed charges is forgotten',
    story: 'Whether all is charged is asked of the sums as they were before the charge that has just succeeded.',
    edits: [
      {
        file: 'src/app/charge-end.ts',
        from: 'const counted = { count: usage.counted.count + 1, ',
        to: 'const counted = { count: usage.counted.count, ',
      },
    ],
    foundBy: {
      file: usage,
      test: 'the last of the agreed charges ends the mandate in the same transaction, and the next is refused',
    },
    complaint: /\+ +'active'/,
  },
  {
    name: 'distance is kept from the first payment only',
    story: 'The distance between charges is measured from the payment that began the series, not from the last charge.',
    edits: [
      {
        file: 'src/domain/mandate-rules-time.ts',
        from: 'const last = usage.lastChargeAt ?? paidAt;',
        to: 'const last = paidAt;',
      },
    ],
    foundBy: {
      file: 'test/domain/mandate-rules.test.ts',
      test: 'charges keep their distance from each other and from a first payment that was more than a verification',
    },
    complaint: /too_soon/,
  },
  {
    name: 'a closed card is not written down',
    story:
      'A bank that says never stops the mandates of the card; the card itself is not closed, a page takes it again.',
    edits: [
      {
        file: 'src/app/card-aftermath.ts',
        from: '    changes.also((tx) => blockCard(tx, key, block));\n',
        to: '',
      },
    ],
    foundBy: { file: declines, test: 'after jcb 43 nothing more is sent with the card, by merchant or payer' },
    complaint: /\+ 'paid'\s+- 'declined_other'/,
  },
  {
    name: 'a card is known by its saved method',
    story: 'Declines are counted for the saved method, so saving the card again begins a new count.',
    edits: [
      {
        file: 'src/app/card-watch.ts',
        from: "cardKey: must(attempt.cardFingerprint, 'the fingerprint of a card')",
        to: "cardKey: attempt.paymentMethodId ?? must(attempt.cardFingerprint, 'the fingerprint of a card')",
      },
      { file: 'src/store/cards.ts', from: 'w.card_key = m.fingerprint)`', to: 'w.card_key = m.id)`' },
      { file: 'src/store/cards.ts', from: '${key.cardKey}::text as fingerprint)', to: '${key.cardKey}::text as id)' },
    ],
    foundBy: {
      file: declines,
      test: 'the 16th try of one amount with a Visa card in thirty days is never sent, whoever saved the card again',
    },
    complaint: /\+ +201/,
  },
  {
    name: "a merchant's own charge leaves the retries alone",
    story:
      'Only a try of the subscription pays a due date; what the merchant charges meanwhile is none of its business.',
    edits: [
      {
        file: 'src/app/subscription-outcome.ts',
        from: "  if (row?.status === 'paid' || (row?.status === 'open' && !byTry)) return undefined;\n",
        to: "  if (row?.status === 'paid' || !byTry) return undefined;\n",
      },
    ],
    foundBy: {
      file: subscriptions,
      test: "a charge of the merchant's own pays a due date that was given up, and the subscription runs again",
    },
    complaint: /\+ +'past_due'/,
  },
  {
    name: 'every try of a due date is the first',
    story: 'A retry is sent as the first try of its due date: the number is taken from the date, not from its tries.',
    edits: [{ file: 'src/app/subscription-pass.ts', from: 'attemptNumber: tries + 1 }', to: 'attemptNumber: 1 }' }],
    foundBy: {
      file: subscriptions,
      test: 'a decline is told, and the due date is tried again on the next retry day',
    },
    complaint: /\+ +'past_due'/,
  },
  {
    name: 'a revoked mandate leaves its subscription running',
    story:
      'The end of a mandate is written without that of its subscription: "its next charge will be refused anyway".',
    edits: [
      {
        file: 'src/app/ending-mandates.ts',
        from: '  await endSubscriptionWith(context, changes, { mandate: decision.next, subscriptionId });\n',
        to: '',
      },
    ],
    foundBy: {
      file: 'test/http/subscription-ends.test.ts',
      test: 'with its mandate it comes to its end: revoked cancels, the last day ends',
    },
    complaint: /\+ +'active'/,
  },
  {
    name: 'a request reads the clock of the machine',
    story: 'The clock that a test tenant has moved is left out where the time of a request or duty is read.',
    edits: [
      {
        file: 'src/app/context.ts',
        from: 'at: plus(app.system.clock.now(), tenant.clockOffsetMs)',
        to: 'at: plus(app.system.clock.now(), 0)',
      },
    ],
    foundBy: {
      file: 'test/http/test-clock.test.ts',
      test: 'a moved tenant lives on in its own time: the worker ends its sessions by it',
    },
    complaint: /\+ \d{13}\s+- \d{13}/,
  },
];
