/** The sandbox connector against the live sandbox: the conformance suite, every listed card, setting up. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cards from '../../data/sandbox-cards.json' with { type: 'json' };
import { send } from '../../src/outbound.ts';
import type { Agreement, ChargeOrder } from '../../src/processors/processor.ts';
import {
  announceNotificationUrl,
  isSandbox,
  openSandboxAccount,
  SandboxSetupFailed,
} from '../../src/processors/sandbox-account.ts';
import { deadPort, jsonAnswer, startScriptedServer } from '../support/scripted-server.ts';
import { conformance } from './conformance.ts';
import { brief } from './conformance-bench.ts';
import { openSandboxBench, sandboxCard } from './sandbox-bench.ts';

let bench: Awaited<ReturnType<typeof openSandboxBench>>;
before(async () => {
  bench = await openSandboxBench();
});
after(() => bench?.close());

conformance('sandbox', openSandboxBench);

function orderOf(number: string, reference: string): ChargeOrder {
  return {
    money: { amountMinor: 2_500, currency: 'ZAR' },
    reference,
    initiator: 'customer',
    instrument: { type: 'card', card: sandboxCard(number) },
    returnUrl: 'https://shop.example/back',
    authentication: 'auto',
  };
}

test('2: every listed card of every scheme that declines does so with the code written beside it', async () => {
  const declining = cards.filter(
    (card) => card.behaviour === 'decline' && card.three_ds !== 'challenge' && card.three_ds !== 'never_answered',
  );
  assert.ok(declining.length > 70, `${declining.length}`);
  const processor = bench.processor();
  await Promise.all(
    declining.map(async (card, i) => {
      const call = { requestKey: `listed-card-${i}`, credentials: bench.credentials };
      const outcome = await processor.charge(orderOf(card.number, `listed-${i}`), call);
      const expected = 'decline_code' in card ? card.decline_code : undefined;
      assert.equal(brief(outcome), `declined issuer ${expected}`, card.number);
      if (outcome.kind === 'declined' && 'response_code' in card) {
        assert.equal(outcome.raw.response, card.response_code, card.number);
        assert.equal(outcome.raw.advice, 'advice_code' in card ? card.advice_code : undefined, card.number);
      }
    }),
  );
  const rows = (await bench.movements()).filter((row) => row.requestKey.startsWith('listed-card-'));
  assert.ok(rows.every((row) => row.state === 'declined' && row.arrivals === 1));
});

test('1, 2: every listed card that approves does so while the payer is present', async () => {
  const approving = cards.filter(
    (card) =>
      ['approve', 'approve_first_only', 'decline_merchant_initiated', 'new_expiry', 'new_number'].includes(
        card.behaviour,
      ) && ['none', 'unsupported', 'frictionless', 'attempted', 'unavailable'].includes(card.three_ds),
  );
  assert.ok(approving.length > 60, `${approving.length}`);
  const processor = bench.processor();
  await Promise.all(
    approving.map(async (card, i) => {
      const call = { requestKey: `approving-card-${i}`, credentials: bench.credentials };
      const outcome = await processor.charge(orderOf(card.number, `approving-${i}`), call);
      assert.equal(outcome.kind, 'approved', card.number);
      assert.ok(outcome.kind === 'approved' && outcome.card?.scheme === card.scheme, card.number);
    }),
  );
});

test('2, 8: every listed card that declines only without the payer does so with the code written beside it', async () => {
  const later = cards.filter((card) => card.behaviour === 'decline_merchant_initiated');
  const processor = bench.processor();
  const agreement: Agreement = { use: 'initial', type: 'recurring' };
  await Promise.all(
    later.map(async (card, i) => {
      const keys = [`series-${i}-first`, `series-${i}-next`] as const;
      const order = orderOf(card.number, `series-${i}`);
      const first = await processor.charge(
        { ...order, agreement },
        { requestKey: keys[0], credentials: bench.credentials },
      );
      assert.ok(first.kind === 'approved' && first.networkTransactionId !== undefined, card.number);
      const { returnUrl: _none, ...unattended } = { ...order, reference: `series-${i}-next` };
      const { securityCode: _gone, ...stored } = sandboxCard(card.number);
      const next = await processor.charge(
        {
          ...unattended,
          initiator: 'merchant',
          instrument: { type: 'card', card: stored },
          agreement: { use: 'subsequent', type: 'recurring', networkTransactionId: first.networkTransactionId },
        },
        { requestKey: keys[1], credentials: bench.credentials },
      );
      assert.equal(brief(next), `declined issuer ${'decline_code' in card ? card.decline_code : ''}`, card.number);
    }),
  );
});

test('2: a wrong security code, an expired card and a number that is no test card each say so', async () => {
  const processor = bench.processor();
  const good = sandboxCard('4242424242424242');
  const cases: [ChargeOrder['instrument'], string][] = [
    [{ type: 'card', card: { ...good, securityCode: '000' } }, 'incorrect_cvc'],
    [{ type: 'card', card: { ...good, expYear: 2020 } }, 'expired_card'],
    [{ type: 'card', card: { ...good, number: '4539578763621486' } }, 'incorrect_number'],
  ];
  for (const [i, [instrument, code]] of cases.entries()) {
    const call = { requestKey: `typed-wrong-${i}`, credentials: bench.credentials };
    const outcome = await processor.charge({ ...orderOf('', `typed-${i}`), instrument }, call);
    assert.equal(brief(outcome), `declined issuer ${code}`);
  }
});

test('9–11: cards whose later steps go wrong show each step as it is, by look-up and by notice', async () => {
  const processor = bench.processor();
  const money = { amountMinor: 2_500, currency: 'ZAR' };
  const cases: [number: string, step: 'capture' | 'void' | 'refund', at_once: string, later?: string][] = [
    ['4000009500100006', 'capture', 'declined issuer generic_decline'],
    ['4000009500200004', 'capture', 'approved', 'declined issuer generic_decline'],
    ['4000009500300002', 'void', 'declined issuer generic_decline'],
    ['4000009500400000', 'refund', 'declined issuer generic_decline'],
    ['4000009500500007', 'refund', 'pending', 'approved'],
    ['4000009500600005', 'refund', 'pending', 'declined issuer generic_decline'],
    ['4000009500700003', 'refund', 'approved', 'declined issuer generic_decline'],
  ];
  for (const [i, [number, step, atOnce, later]] of cases.entries()) {
    const call = (name: string) => ({ requestKey: `later-${i}-${name}`, credentials: bench.credentials });
    const reference = `later-${i}`;
    const first = await processor[step === 'refund' ? 'charge' : 'authorize'](
      orderOf(number, reference),
      call('charge'),
    );
    assert.ok(first.kind === 'approved', number);
    const order = { chargeRef: first.ref, charge: money, reference, money };
    const outcome = await processor[step](order, call('step'));
    assert.equal(brief(outcome), atOnce, number);
    if (later === undefined) continue;
    await bench.advance(11_000);
    const ref = 'ref' in outcome ? outcome.ref : undefined;
    const found = await processor.lookup({ operation: step, money, reference, ...(ref && { ref }) }, call('step'));
    assert.equal(found.kind === 'found' && brief(found.outcome), later, number);
    const notices = (await bench.notifications(`later-${i}-step`, 2)).map((raw) => processor.parseNotification(raw));
    for (const notice of notices)
      assert.ok(notice.kind === 'notice' && notice.requestKey === `later-${i}-step`, number);
  }
});

test('3, 14–20: every card of the fault family shows what its note says', async () => {
  const limits = { totalTimeoutMs: 400 };
  const expected: Record<string, string> = {
    'fault:answer_lost': 'unknown',
    'fault:silent(true)': 'unknown',
    'fault:silent(false)': 'unknown',
    'fault:http_500_after_charge': 'unknown',
    'fault:http_500_before': 'unknown',
    'fault:slow(12000)': 'unknown',
    'fault:slow(40000)': 'unknown',
    'fault:malformed': 'unknown alarm',
    'fault:truncated': 'unknown alarm',
    'fault:oversized': 'unknown alarm',
    'fault:wrong_amount': 'unknown alarm',
    'fault:wrong_currency': 'unknown alarm',
    'fault:answer_lost+not_found_for(30)': 'unknown',
    'fault:answer_lost+forgets': 'unknown',
    'fault:pending(10,approved)': 'pending',
    'fault:pending(10,declined)': 'pending',
    'fault:partial_approval(50)': 'unknown alarm',
    'fault:duplicate_notification(5)': 'approved',
    'fault:contradictory_notification': 'approved',
    'fault:answer_lost+late_notification(60)': 'unknown',
  };
  const faulty = cards.filter((card) => card.behaviour.startsWith('fault:'));
  assert.deepEqual(faulty.map((card) => card.behaviour).sort(), Object.keys(expected).sort());
  const processor = bench.processor(limits);
  await Promise.all(
    faulty.map(async (card, i) => {
      const call = { requestKey: `faulty-card-${i}`, credentials: bench.credentials };
      const outcome = await processor.charge(orderOf(card.number, `faulty-${i}`), call);
      assert.equal(brief(outcome), expected[card.behaviour], card.behaviour);
    }),
  );
});

test('22: a charge the processor forgets is never found and cannot be reversed: both stay unknown', async () => {
  const processor = bench.processor();
  const call = { requestKey: 'forgotten-charge', credentials: bench.credentials };
  const order = orderOf('4000009801400006', 'forgotten');
  assert.equal(brief(await processor.charge(order, call)), 'unknown');
  const found = await processor.lookup({ operation: 'charge', money: order.money, reference: order.reference }, call);
  assert.equal(found.kind, 'not_found');
  assert.equal((await processor.reverse?.({ onlyUndecided: false }, call))?.kind, 'unknown');
});

test('a saved card’s token is charged like the card it stands for', async () => {
  const processor = bench.processor();
  const call = (requestKey: string) => ({ requestKey, credentials: bench.credentials });
  const order = orderOf('4242424242424242', 'token-first');
  const first = await processor.charge(
    { ...order, agreement: { use: 'initial', type: 'card_on_file' } },
    call('token-first'),
  );
  assert.ok(first.kind === 'approved' && first.token !== undefined);
  const instrument = { type: 'token', token: first.token, securityCode: '917' } as const;
  const again = await processor.charge({ ...order, reference: 'token-again', instrument }, call('token-again'));
  assert.equal(again.kind, 'approved');
});

test('the same name opens the same account, and a key nobody gave out is told apart from success', async () => {
  const { baseUrl, controlKey, credentials } = bench;
  const again = await openSandboxAccount({
    send,
    baseUrl,
    controlKey,
    name: 'conformance',
    notificationUrl: 'http://127.0.0.1:9/',
  });
  assert.equal(again.merchant_key, credentials.merchant_key);
  const lost = { ...credentials, merchant_key: 'mk_of_a_deleted_book' };
  const announced = announceNotificationUrl({ send, credentials: lost, notificationUrl: 'http://127.0.0.1:9/' });
  assert.equal(await announced, 'account_unknown');
  await assert.rejects(
    openSandboxAccount({
      send,
      baseUrl,
      controlKey: 'ck_wrong',
      name: 'other',
      notificationUrl: 'http://127.0.0.1:9/',
    }),
    (error: Error) =>
      error instanceof SandboxSetupFailed &&
      error.message.includes('unauthorized') &&
      !error.message.includes('ck_wrong'),
  );
});

test('only a sandbox is taken for a sandbox', async () => {
  const other = await startScriptedServer();
  other.script((socket) => socket.write(jsonAnswer('{"name":"real-bank"}')));
  assert.equal(await isSandbox({ send, baseUrl: other.url }), false);
  await other.close();
  assert.equal(await isSandbox({ send, baseUrl: `http://127.0.0.1:${await deadPort()}` }), false);
  assert.equal(await isSandbox({ send, baseUrl: `${bench.baseUrl}/` }), true);
});
