/** The shared JSON client: the contract’s limits, and random answers that must never pass for an approval. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { askJson, MONEY_LIMITS, QUESTION_LIMITS, readJsonAnswer } from '../../src/processors/http-client.ts';
import { type Question, toLookup, toOutcome, toReversal } from '../../src/processors/sandbox-answers.ts';
import type { OutboundRequest, OutboundResult } from '../../src/system.ts';

const reading = { operation: 'charge', limits: MONEY_LIMITS, secrets: [] };
const question: Question = {
  operation: 'charge',
  requestKey: 'key-0001',
  money: { amountMinor: 5, currency: 'ZAR' },
  reference: 'r',
};
const truth = {
  id: 'C-1',
  request_key: 'key-0001',
  intent: 'charge',
  amount: { value: 5, currency: 'ZAR' },
  reference: 'r',
  created_at: '2026-11-22T10:00:00.000Z',
  status: 'approved',
  response: { code: '00' },
  approved_amount: { value: 5, currency: 'ZAR' },
};

function answer(body: string, status = 201): OutboundResult {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    latencyMs: 3,
  };
}

test('the limits are those of the contract: 2 s to connect, 25 s for money, 10 s for questions, 256 KiB, depth 10', () => {
  assert.deepEqual(MONEY_LIMITS, {
    connectTimeoutMs: 2_000,
    totalTimeoutMs: 25_000,
    maxAnswerBytes: 262_144,
    maxDepth: 10,
  });
  assert.deepEqual(QUESTION_LIMITS, { ...MONEY_LIMITS, totalTimeoutMs: 10_000 });
});

test('the limits, the key and the abort signal reach the way out, which is asked once', async () => {
  const asked: OutboundRequest[] = [];
  const { signal } = new AbortController();
  const found = await askJson(
    async (request) => {
      asked.push(request);
      return answer('{"a":1}', 200);
    },
    {
      ...reading,
      method: 'POST',
      url: 'http://bank.example/x',
      headers: { 'request-key': 'k' },
      body: { b: 1 },
      signal,
    },
  );
  assert.equal(found.kind === 'json' && found.body.a, 1);
  assert.deepEqual(asked, [
    {
      method: 'POST',
      url: 'http://bank.example/x',
      headers: { accept: 'application/json', 'content-type': 'application/json', 'request-key': 'k' },
      body: '{"b":1}',
      connectTimeoutMs: 2_000,
      totalTimeoutMs: 25_000,
      maxAnswerBytes: 262_144,
      signal,
    },
  ]);
});

test('no answer whatever makes the reader throw, and none but the truth is approved', () => {
  assert.equal(toOutcome(readJsonAnswer(answer(JSON.stringify(truth)), reading), question).kind, 'approved');
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }),
      fc.constantFrom(200, 201, 204, 400, 404, 409, 422, 429, 500, 302),
      (body, status) => {
        const read = readJsonAnswer(answer(body, status), reading);
        assert.notEqual(toOutcome(read, question).kind, 'approved');
        assert.notEqual(toLookup(read, question).kind, 'found');
        assert.notEqual(toReversal(read, 'key-0001').kind, 'reversed');
      },
    ),
    { numRuns: 500 },
  );
});

test('changing any one value of a true approval to anything else leaves nothing that is approved', () => {
  const members = Object.keys(truth).filter((name) => name !== 'created_at' && name !== 'id') as (keyof typeof truth)[];
  fc.assert(
    fc.property(fc.constantFrom(...members), fc.jsonValue({ maxDepth: 2 }), (name, value) => {
      fc.pre(JSON.stringify(value) !== JSON.stringify(truth[name]));
      const read = readJsonAnswer(answer(JSON.stringify({ ...truth, [name]: value })), reading);
      assert.notEqual(toOutcome(read, question).kind, 'approved', `${name}: ${JSON.stringify(value)}`);
    }),
    { numRuns: 500 },
  );
});

test('cutting a true approval anywhere, or adding bytes, leaves nothing that is approved', () => {
  const whole = JSON.stringify(truth);
  for (let end = 0; end < whole.length; end++) {
    const read = readJsonAnswer(answer(whole.slice(0, end)), reading);
    const outcome = toOutcome(read, question);
    assert.ok(outcome.kind === 'unknown' && outcome.alarm, `${end}`);
  }
  for (const extra of ['x', '{}', ',', '\u0000', '}']) {
    assert.equal(toOutcome(readJsonAnswer(answer(whole + extra), reading), question).kind, 'unknown', extra);
  }
});

test('bytes that are no UTF-8 are read without harm', () => {
  const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
  const outcome = toOutcome(readJsonAnswer({ ...answer(''), body } as OutboundResult, reading), question);
  assert.equal(outcome.kind, 'unknown');
});
