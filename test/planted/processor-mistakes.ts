/** Mistakes towards the processor: what is sent, how often, and what is made of its answer or its silence. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Mistake } from './mistake.ts';

const lostAnswers = 'test/simulation/lost-answers.test.ts';

export const processorMistakes: readonly Mistake[] = [
  {
    name: 'the request key is made at the call',
    story:
      'Each call gets a fresh key at the moment of sending; the one that was committed is only a number in our book.',
    edits: [
      {
        file: 'src/app/settle.ts',
        from: '  const outcome = await chargeBy(processor, now, { order: send.order, call });',
        to: '  call.requestKey = context.system.ids.next("att");\n  const outcome = await chargeBy(processor, now, { order: send.order, call });',
      },
    ],
    foundBy: { file: lostAnswers, test: 'answer_lost: charged, first openly unknown, then paid' },
    complaint: /\+ 'active, unpaid'\s+- 'completed, paid'/,
  },
  {
    name: 'the client sends again after a reset',
    story: 'A connection that broke is tried once more by the HTTP client: "it is idempotent, after all".',
    edits: [
      {
        file: 'src/processors/http-client.ts',
        from: '  const result = await send({\n',
        to: "  const sendTwice: Outbound = async (request) => {\n    const first = await send(request);\n    return first.kind === 'failed' && first.why === 'reset' ? send(request) : first;\n  };\n  const result = await sendTwice({\n",
      },
    ],
    foundBy: { file: lostAnswers, test: 'answer_lost: charged, first openly unknown, then paid' },
    complaint: /\+ 'completed, paid'\s+- 'active, pending'/,
  },
  {
    name: 'a time-out is a failure',
    story: 'A call without an answer is reported as not sent, so the payer is told that nothing was charged.',
    edits: [
      {
        file: 'src/processors/http-client.ts',
        from: "  if (result.kind === 'failed') {\n",
        to: "  if (result.kind === 'failed') {\n    if (result.why === 'response_timeout') return { kind: 'not_sent', why: result.why, evidence: evidence('no answer') };\n",
      },
    ],
    foundBy: { file: lostAnswers, test: 'slow past the limit, charged: the truth is found by asking' },
    complaint: /\+ 'active, unpaid'\s+- 'active, pending'/,
  },
  {
    name: 'not found is believed at once',
    story: 'A processor that does not know a key has not charged: its visibility delay is not waited for.',
    edits: [
      {
        file: 'src/app/asking.ts',
        from: 'if (context.at < visibleBy || processor.reverse === undefined)',
        to: 'if (processor.reverse === undefined)',
      },
    ],
    foundBy: {
      file: lostAnswers,
      test: 'reset_request: nothing was charged, nobody is told so before it is proven, and the payer may pay again',
    },
    complaint: /not proven within the visibility delay/,
  },
  {
    name: 'the key stays open when nothing was found',
    story:
      'After the visibility delay "not found" is an end; nobody closes the key against a request that is still on its way.',
    edits: [
      {
        file: 'src/app/asking.ts',
        from: "  return closeKey(context, now, { processor, call, evidence, code: 'processor_unavailable' });",
        to: "  const never = { kind: 'declined', stage: 'not_sent', code: 'processor_unavailable', raw: {} } as const;\n  return recordOutcome(context, now, { outcome: never });",
      },
    ],
    foundBy: {
      file: 'test/simulation/late-arrival.test.ts',
      test: 'what the processor would decide an hour later is refused under its closed key, and the payer pays once',
    },
    complaint: /the request that came late took money too/,
  },
  {
    name: 'the amount of the answer is not looked at',
    story: 'An approval is an approval: whether it is for the amount that was asked for is not compared.',
    edits: [
      {
        file: 'src/processors/sandbox-answers.ts',
        from: '  if (!isAmount(approved, question))\n',
        to: '  if (approved.currency !== question.money.currency)\n',
      },
    ],
    foundBy: {
      file: 'test/simulation/untrue-notices.test.ts',
      test: 'partial_approval: less than was asked for is no success; it is given back, and the payer may pay again',
    },
    complaint: /\+ 'completed, paid'\s+- 'active, pending'/,
  },
  {
    name: 'a contradiction is passed over',
    story: 'What the processor says about a settled attempt is not looked at any more: "we know the end already".',
    edits: [
      { file: 'src/app/settle.ts', from: '      await noteContradiction(context, now, learned.outcome);\n', to: '' },
    ],
    foundBy: {
      file: 'test/simulation/untrue-notices.test.ts',
      test: 'a notification that tells of a reversal after success: nothing is undone here, and people are told',
    },
    complaint: /0 !== 1/,
  },
  {
    name: 'two workers take the same attempt',
    story: 'What is due is read without moving its due time, so every worker finds the same rows.',
    edits: [
      {
        file: 'src/store/due.ts',
        from: "${at}::timestamptz + (${ask.leaseMs} + d.ahead) * interval '1 millisecond'",
        to: "least(a.next_sync_at, ${at}::timestamptz + (${ask.leaseMs} + d.ahead) * interval '1 millisecond')",
      },
    ],
    foundBy: {
      file: 'test/simulation/leases.test.ts',
      test: 'an attempt that one worker asks about is taken by no other, until its lease has run out',
    },
    complaint: /within the lease nobody else asked/,
  },
  {
    name: 'a late success is kept quietly',
    story: 'Money that appears after "declined" was told is shown to people and left with the merchant.',
    edits: [
      {
        file: 'src/app/contradiction.ts',
        from: '? await giveBackByKey(context, attempt, payment.review)',
        to: "? { money: 'not touched' }",
      },
    ],
    foundBy: {
      file: 'test/simulation/untrue-notices.test.ts',
      test: 'a success that appears after the processor had said declined is given back, and people are told',
    },
    complaint: /given back/,
  },
];
