/** The sandbox's clock through the connector: against the live sandbox, and against answers that are none. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, fromIso, MINUTE, plus, type Timestamp, toIso } from '../../src/lib/time.ts';
import { send } from '../../src/outbound.ts';
import type { ChargeOrder, ClockStep } from '../../src/processors/processor.ts';
import { createSandboxProcessor } from '../../src/processors/sandbox.ts';
import { deadPort, jsonAnswer, startScriptedServer } from '../support/scripted-server.ts';
import { openSandboxBench } from './sandbox-bench.ts';

let bench: Awaited<ReturnType<typeof openSandboxBench>>;
before(async () => {
  bench = await openSandboxBench();
});
after(() => bench?.close());

const at = (step: ClockStep | undefined) => {
  assert.ok(step?.kind === 'at', JSON.stringify(step));
  return step;
};

test('the clock is looked at without moving, moved with what falls due, and never back', async () => {
  const processor = bench.processor();
  const call = { credentials: bench.credentials };
  const begun = at(await processor.readClock?.(call));
  assert.equal(begun.nextDueAt, undefined);
  const order: ChargeOrder = {
    money: { amountMinor: 2_500, currency: 'ZAR' },
    reference: 'clock-1',
    initiator: 'customer',
    instrument: { type: 'card', card: bench.card('challenge') },
    returnUrl: 'https://shop.example/back',
    authentication: 'auto',
  };
  const key = { ...call, requestKey: 'clock-challenge' };
  const asked = await processor.charge(order, key);
  assert.ok(asked.kind === 'action_required');
  const waiting = at(await processor.readClock?.(call));
  assert.equal(waiting.nextDueAt, asked.expiresAt);
  const to = plus(asked.expiresAt, MINUTE);
  const moved = at(await processor.advanceClock?.(to, call));
  assert.ok(moved.now >= to && moved.now < plus(to, MINUTE), toIso(moved.now));
  const ended = await processor.lookup({ operation: 'charge', money: order.money, reference: 'clock-1' }, key);
  assert.ok(ended.kind === 'found' && ended.outcome.kind === 'declined', JSON.stringify(ended));
  const back = at(await processor.advanceClock?.(plus(to, -DAY), call));
  assert.ok(back.now >= moved.now, 'an instant already past moves nothing');
});

const NOON = fromIso('2027-01-01T12:00:00Z') as Timestamp;

test('what is no whole answer, or says less than was asked, is unavailable; nothing is thrown, and nothing sent twice', async () => {
  const bank = await startScriptedServer();
  const processor = createSandboxProcessor({ send, limits: { question: { totalTimeoutMs: 300 } } });
  const credentials = { base_url: bank.url, merchant_key: 'mk_secret_of_the_clock' };
  const clock = (now: unknown, next: unknown) => jsonAnswer(JSON.stringify({ now, next_due_at: next }));
  const table: [string, string | undefined][] = [
    ['silence', ''],
    ['a reset', undefined],
    ['a server error', jsonAnswer('{}', 503)],
    ['an unknown account', jsonAnswer('{"error":{"code":"unknown_merchant_key"}}', 401)],
    ['nothing', jsonAnswer('{}')],
    ['no time', clock('noon', null)],
    ['no next time', jsonAnswer(JSON.stringify({ now: toIso(NOON) }))],
    ['a next time that is none', clock(toIso(NOON), 'later')],
    ['a clock that was not moved', clock(toIso(plus(NOON, -1)), null)],
    ['no JSON', jsonAnswer('{"now":')],
  ];
  try {
    for (const [name, answer] of table) {
      bank.script((socket) => (answer === undefined ? socket.resetAndDestroy() : void socket.write(answer)));
      const before = bank.seen.requests;
      const step = await processor.advanceClock?.(NOON, { credentials });
      assert.equal(step?.kind, 'unavailable', name);
      assert.ok(!JSON.stringify(step).includes('mk_secret'), name);
      assert.equal(bank.seen.requests, before + 1, name);
    }
    bank.script((socket) => void socket.write(clock(toIso(NOON), toIso(plus(NOON, DAY)))));
    assert.deepEqual(await processor.advanceClock?.(NOON, { credentials }), {
      kind: 'at',
      now: NOON,
      nextDueAt: plus(NOON, DAY),
    });
    assert.deepEqual(JSON.parse(bank.seen.bodies.at(-1)!), { to: toIso(NOON) });
    assert.ok(!/request-key/i.test(bank.seen.heads.at(-1)!));
  } finally {
    await bank.close();
  }
  const nobody = { credentials: { ...credentials, base_url: `http://127.0.0.1:${await deadPort()}` } };
  assert.equal((await processor.advanceClock?.(NOON, nobody))?.kind, 'unavailable');
  assert.equal((await processor.readClock?.({ credentials: {} }))?.kind, 'unavailable');
});
