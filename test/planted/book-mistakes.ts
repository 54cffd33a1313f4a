/** Mistakes in our own book: what is written, in which order, over which version, and what two at once may do. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Mistake } from './mistake.ts';

const interleavings = 'test/simulation/interleavings.test.ts';

export const bookMistakes: readonly Mistake[] = [
  {
    name: 'an attempt is saved over whatever stands',
    story: 'The version is left out of the UPDATE of an attempt, because "the id is unique anyway".',
    edits: [
      {
        file: 'src/store/attempts.ts',
        from: 'where tenant_id = ${a.tenantId} and id = ${a.id} and version = ${a.version - 1}`',
        to: 'where tenant_id = ${a.tenantId} and id = ${a.id}`',
      },
    ],
    foundBy: {
      file: 'test/simulation/told-first.test.ts',
      test: 'once the payer saw "paid" no leaving takes it back, at whatever moment of the leaving the bank says yes',
    },
    complaint: /an attempt moved after the end was told/,
  },
  {
    name: 'the unique index of open attempts is gone',
    story: 'The index that allows one open attempt for each payment is dropped, because the code asks anyway.',
    edits: [
      {
        file: 'src/store/database.ts',
        from: "  pool.on('error', () => undefined);",
        to: "  pool.on('error', () => undefined);\n  pool.on('connect', (client) => void client.query('drop index if exists attempts_one_open').catch(() => undefined));",
      },
    ],
    foundBy: {
      file: 'test/store/last-line.test.ts',
      test: 'a second open attempt on one payment is refused by the database itself, of whatever kind but a refund',
    },
    complaint: /'taken'/,
  },
  {
    name: 'the attempt is written after the call',
    story: 'The attempt is inserted once its outcome is there: "one write less before the payer waits".',
    edits: [
      {
        file: 'src/app/charge-intent.ts',
        from: '    .payment(payment)\n    .also((tx) => insertAttempt(tx, attempt));',
        to: '    .payment(payment);',
      },
      {
        file: 'src/app/settle.ts',
        from: "import { Stale, Taken } from '../store/database.ts';",
        to: "import { insertAttempt } from '../store/attempts.ts';\nimport { Stale, Taken } from '../store/database.ts';",
      },
      {
        file: 'src/app/settle.ts',
        from: '  return recordOutcome(laterContext(context), now, { outcome, saving: send.saving });',
        to: '  if (now.attempt.initiator === "merchant") await context.database.transaction((tx) => insertAttempt(tx, now.attempt));\n  return recordOutcome(laterContext(context), now, { outcome, saving: send.saving });',
      },
    ],
    foundBy: {
      file: 'test/http/interrupted.test.ts',
      test: 'a charge whose process died is in progress, then known as pending, then paid, all under one key',
    },
    complaint: /'pending' !== 'paid'/,
  },
  {
    name: 'an event in a transaction of its own',
    story: 'Events are committed after the change they report, in a second transaction.',
    edits: [
      {
        file: 'src/app/apply.ts',
        from: '      for (const write of [...this.#writes, ...this.#last]) write(tx);\n    });',
        to: '      for (const write of [...this.#writes, ...this.#last]) write(tx);\n    });\n    await this.#context.database.transaction((tx) => {\n      for (const write of this.events) write(tx);\n    });',
      },
      {
        file: 'src/app/apply.ts',
        from: '  readonly #writes: ((tx: Tx) => void)[] = [];',
        to: '  readonly #writes: ((tx: Tx) => void)[] = [];\n  readonly events: ((tx: Tx) => void)[] = [];',
      },
      {
        file: 'src/app/apply.ts',
        from: 'for (const type of events) this.#writes.push(',
        to: 'for (const type of events) this.events.push(',
      },
    ],
    foundBy: {
      file: 'test/simulation/crash-points-later.test.ts',
      test: 'create: stopped at any point, the world is sound again',
    },
    complaint: /every-version-was-told/,
  },
  {
    name: 'the Idempotency-Key is written after the work',
    story: 'The key is kept in a transaction of its own, once the session is there.',
    edits: [
      {
        file: 'src/app/sessions.ts',
        from: '  await changes.session(decision).also(key.keep(answer)).commit();',
        to: '  await changes.session(decision).commit();\n  await context.database.transaction(key.keep(answer));',
      },
    ],
    foundBy: {
      file: 'test/http/idempotency.test.ts',
      test: 'fifty creates at once under one key make one session and get equal bytes',
    },
    complaint: /50 !== 1/,
  },
  {
    name: 'a reused Idempotency-Key is not noticed',
    story: 'A key that is known is answered from memory, whatever is asked under it now.',
    edits: [
      {
        file: 'src/app/idempotency.ts',
        from: '  if (!record.fingerprint.equals(request.fingerprint)) {',
        to: '  if (record.fingerprint.length !== request.fingerprint.length) {',
      },
    ],
    foundBy: {
      file: 'test/http/idempotency.test.ts',
      test: 'the same key for another body, path or method is 422, and changes nothing',
    },
    complaint: /answered 201/,
  },
  {
    name: 'a session expires under an open attempt',
    story: 'The end of a session is its end: nobody asks whether an attempt is still on its way.',
    edits: [
      {
        file: 'src/domain/session.ts',
        from: "  if (session.paymentOutcome === 'pending') return inProgress(session);\n  if (!isPast(session, at))",
        to: '  if (!isPast(session, at))',
      },
      { file: 'src/store/due.ts', from: " and s.payment_outcome <> 'pending'", to: '' },
      {
        file: 'src/domain/payment.ts',
        from: "pending_action: ['draft', 'processing', 'succeeded', 'failed'],",
        to: "pending_action: ['draft', 'processing', 'succeeded', 'failed', 'expired'],",
      },
      {
        file: 'src/domain/payment.ts',
        from: "processing: ['draft', 'pending_action', 'succeeded', 'failed'],",
        to: "processing: ['draft', 'pending_action', 'succeeded', 'failed', 'expired'],",
      },
    ],
    foundBy: {
      file: 'test/http/payment-sessions-life.test.ts',
      test: 'a session with an attempt in flight is neither cancelled nor expired',
    },
    complaint: /\+ 'unpaid'\s+- 'pending'/,
  },
  {
    name: 'the mandate is not held still',
    story: 'The mandate is read, and charged a moment later without looking whether it was revoked in between.',
    edits: [{ file: 'src/app/charge-intent.ts', from: '    .also((tx) => holdMandate(tx, mandate))\n', to: '' }],
    foundBy: {
      file: 'test/simulation/told-first.test.ts',
      test: 'once a revocation was answered nothing is charged under the mandate, at whatever moment of a charge it comes',
    },
    complaint: /an attempt moved after the end was told/,
  },
  {
    name: 'another amount than the payer saw',
    story: 'Pay charges what the session asks for now, not what the page showed when it was pressed.',
    edits: [
      {
        file: 'src/app/checkout-pay.ts',
        from: '  if (session.amountMinor !== order.money.amountMinor || session.currency !== order.money.currency) return false;\n',
        to: '',
      },
    ],
    foundBy: { file: interleavings, test: 'pay × another amount: what is charged is what the payer saw' },
    complaint: /\+ +'completed, paid, 99900'/,
  },
];
