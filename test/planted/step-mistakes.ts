/** Mistakes after a payment succeeded: captures, voids, refunds, authorisations that run out, and the ledger of it all. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Mistake } from './mistake.ts';

const captures = 'test/http/captures.test.ts';
const refunds = 'test/http/refunds.test.ts';

export const stepMistakes: readonly Mistake[] = [
  {
    name: 'a payment is saved over whatever stands',
    story: 'The version is left out of the UPDATE of a payment, because "the id is unique anyway".',
    edits: [
      {
        file: 'src/store/payments.ts',
        from: 'where tenant_id = ${p.tenantId} and id = ${p.id} and version = ${p.version - 1}`',
        to: 'where tenant_id = ${p.tenantId} and id = ${p.id}`',
      },
    ],
    foundBy: {
      file: refunds,
      test: '20 parallel partial refunds that together exceed the paid amount: the accepted sum never exceeds it',
    },
    complaint: /\d+ !== (6|14)/,
  },
  {
    name: 'a refund on its way reserves nothing',
    story: 'Only refunds that have succeeded count: one that is still pending leaves its amount free for another.',
    edits: [
      {
        file: 'src/domain/payment-steps.ts',
        from: "payment.refundingMinor + (step.kind === 'refund' ? step.amountMinor : 0);",
        to: 'payment.refundingMinor;',
      },
      {
        file: 'src/domain/payment-steps.ts',
        from: "return step.kind === 'refund' ? { refundingMinor: payment.refundingMinor - step.amountMinor } : {};",
        to: 'return {};',
      },
    ],
    foundBy: {
      file: refunds,
      test: 'a pending refund keeps its amount reserved and succeeds when the bank says so',
    },
    complaint: /- 'refund_exceeds_paid_amount'/,
  },
  {
    name: 'a capture forgets the captures before it',
    story: 'What remains reserved is the authorised amount less what was voided; earlier captures are not subtracted.',
    edits: [
      {
        file: 'src/domain/payment-steps.ts',
        from: 'return payment.authorisedMinor - payment.paidMinor - payment.voidedMinor;',
        to: 'return payment.authorisedMinor - payment.voidedMinor;',
      },
    ],
    foundBy: {
      file: captures,
      test: 'a capture of more than remains answers 409 capture_exceeds_authorised_amount with the amounts, and the processor is not called',
    },
    complaint: /- +'capture_exceeds_authorised_amount'/,
  },
  {
    name: 'a capture is not in the ledger',
    story: 'The ledger gets a row for what charges and authorises; captures are taken to be in the amounts anyway.',
    edits: [
      {
        file: 'src/domain/ledger.ts',
        from: "  if (attempt.kind === 'verify') return undefined;",
        to: "  if (attempt.kind === 'verify' || attempt.kind === 'capture') return undefined;",
      },
    ],
    foundBy: {
      file: 'test/simulation/open-capture.test.ts',
      test: 'an authorisation does not run out under a capture of which nobody knows the end',
    },
    complaint: /ledger-has-every-success/,
  },
  {
    name: 'a lapse is not in the ledger',
    story: 'An authorisation that ran out changes the amounts of the payment, and its row in the ledger is left out.',
    edits: [
      {
        file: 'src/app/payment-steps.ts',
        from: '.payment(lapsed).also((tx) => insertLedgerEntry(tx, entry));',
        to: '.payment(lapsed);',
      },
    ],
    foundBy: {
      file: captures,
      test: 'an authorisation that runs out is released, and capture and void answer authorisation_expired',
    },
    complaint: /\+ +held: 15000/,
  },
  {
    name: 'a refund that failed late stays in the ledger',
    story: 'A refund taken back by the bank is corrected in the amounts and not by a second row of the ledger.',
    edits: [
      {
        file: 'src/app/contradiction.ts',
        from: '    .also((tx) => insertLedgerEntry(tx, entryOfLateFailure(attempt, at)))',
        to: '',
      },
    ],
    foundBy: {
      file: refunds,
      test: 'a refund that fails after it was reported as done is taken back, in amounts, ledger and events',
    },
    complaint: /- +'refund_failed'/,
  },
  {
    name: 'a refund without an answer has failed',
    story:
      'A refund whose answer is lost counts as declined, its amount is free again, and the merchant refunds once more.',
    edits: [
      {
        file: 'src/app/step-outcome.ts',
        from: "    case 'unknown':\n",
        to: "    case 'unknown':\n      if (outcome.why === 'reset') return failed(context, now, { kind: 'declined', stage: 'not_sent', code: 'processor_unavailable', raw: {} });\n",
      },
    ],
    foundBy: { file: refunds, test: 'a refund whose answer is lost is found again and given back once' },
    complaint: /\+ 'failed'\s+- 'pending'/,
  },
  {
    name: 'an authorisation lapses under an open capture',
    story:
      'What is reserved falls back when its time is over, also while a capture is on its way whose end nobody knows.',
    edits: [
      {
        file: 'src/app/payment-steps.ts',
        from: '  if (facts === undefined || facts.stepOpen) return undefined;\n',
        to: '  if (facts === undefined) return undefined;\n',
      },
      {
        file: 'src/store/due.ts',
        from: "and o.kind <> 'refund'\n      and o.status in ('sent', 'action_required', 'pending', 'unknown') offset 0",
        to: 'and false',
      },
    ],
    foundBy: {
      file: 'test/simulation/open-capture.test.ts',
      test: 'an authorisation does not run out under a capture of which nobody knows the end',
    },
    complaint: /\+ +voided: 20000/,
  },
  {
    name: "another merchant's payment is found by its id",
    story: 'A payment is read by its id alone: ids are long and random, nobody will guess one.',
    edits: [
      {
        file: 'src/store/payments.ts',
        from: 'sql`select * from payments where tenant_id = ${tenantId} and id = ${id}`',
        to: 'sql`select * from payments where tenant_id >= ${tenantId.slice(0, 4)} and id = ${id}`',
      },
    ],
    foundBy: {
      file: 'test/http/tenants.test.ts',
      test: "every route with an id answers a stranger's as it answers one that never was, and changes nothing",
    },
    complaint: /getPayment for another account/,
  },
];
