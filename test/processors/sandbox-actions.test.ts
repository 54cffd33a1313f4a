/** What the sandbox connector sends for each way to pay beyond cards, and how strictly it reads what the payer has to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OtherMethodOrder } from '../../src/domain/payment-method-types.ts';
import { fromIso } from '../../src/lib/time.ts';
import type { ChargeOrder, Outcome } from '../../src/processors/processor.ts';
import { jsonAnswer } from '../support/scripted-server.ts';
import { approved, bank, brief, charged, processor } from './recorded-answers.ts';

const PHONE = '+27825550189';
const UNTIL = '2026-11-22T10:15:00.000Z';
const CODE = '9123456789012344';

const INSTRUMENTS: Record<string, OtherMethodOrder> = {
  redirect: { type: 'pay_by_bank', bank: 'patient' },
  qr: { type: 'wallet_qr' },
  push: { type: 'mobile_money', phone: PHONE },
  voucher: { type: 'voucher' },
};
const ACTIONS: Record<string, Record<string, unknown>> = {
  redirect: { type: 'redirect', url: 'http://127.0.0.1:1/bank/x', expires_at: UNTIL },
  qr: { type: 'qr', payload: 'http://127.0.0.1:1/wallet/x', url: 'http://127.0.0.1:1/wallet/x', expires_at: UNTIL },
  push: { type: 'push', hint: 'Sandbox Money on the phone ending 89', expires_at: UNTIL },
  voucher: { type: 'voucher', code: CODE, lines: ['Sandbox Shop', 'Pay in cash.'], expires_at: UNTIL },
};

function bodyOf(kind: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { response: _r, approved_amount: _a, card: _c, network_transaction_id: _n, ...rest } = approved;
  const instrument = INSTRUMENTS[kind]!;
  const method = 'bank' in instrument ? instrument : { type: instrument.type };
  return { ...rest, status: 'action_required', method, action: ACTIONS[kind], ...changes };
}

async function asked(kind: string, body: Record<string, unknown>): Promise<Outcome> {
  const order: Partial<ChargeOrder> = { instrument: INSTRUMENTS[kind]! };
  const outcome = await charged(jsonAnswer(JSON.stringify(body), 201), order);
  assert.ok(!JSON.stringify(outcome).includes(PHONE.slice(1)), 'a phone number came through');
  return outcome;
}

test('each way to pay leaves as the interface names it, with nothing of cards about it', async () => {
  for (const [kind, instrument] of Object.entries(INSTRUMENTS)) {
    await asked(kind, bodyOf(kind));
    const { method, three_ds: threeDs, intent, initiator } = JSON.parse(bank.seen.bodies.at(-1)!);
    assert.deepEqual(method, instrument);
    assert.deepEqual([threeDs, intent, initiator], [undefined, 'charge', 'customer']);
  }
});

test('each action is read into the product’s own, with its deadline', async () => {
  const read = async (kind: string) => {
    const outcome = await asked(kind, bodyOf(kind));
    assert.ok(outcome.kind === 'action_required', `${kind}: ${brief(outcome)}`);
    assert.equal(outcome.expiresAt, fromIso(UNTIL));
    return outcome.action;
  };
  assert.deepEqual(await read('redirect'), {
    type: 'redirect',
    url: 'http://127.0.0.1:1/bank/x',
    method: 'GET',
    bankName: 'Patient Bank',
  });
  assert.deepEqual(await read('qr'), {
    type: 'qr_code',
    payload: 'http://127.0.0.1:1/wallet/x',
    copyText: 'http://127.0.0.1:1/wallet/x',
    deepLink: 'http://127.0.0.1:1/wallet/x',
  });
  assert.deepEqual(await read('push'), { type: 'await_approval', appName: 'Sandbox Money', destination: '89' });
  assert.deepEqual(await read('voucher'), {
    type: 'voucher',
    code: CODE,
    payAt: 'Sandbox Shop',
    steps: ['Pay in cash.'],
  });
});

test('an action that a payer could not follow, or that is of another way to pay, is unknown and raises the alarm', async () => {
  const wrong: Record<string, Record<string, unknown[]>> = {
    redirect: {
      url: ['javascript:alert(1)', 'http://user:secret@x/', '/bank/x', 7, null, `http://x/${'y'.repeat(2_100)}`],
    },
    qr: { url: ['data:text/html,x', undefined], payload: ['', 'two\nlines', 'x'.repeat(513), ['x'], '\u202ehttp://x'] },
    push: {
      hint: [
        `Sandbox Money on the phone ${PHONE}`,
        'Sandbox Money on the phone ending 189',
        '89',
        '',
        undefined,
        { ending: '89' },
      ],
    },
    voucher: {
      code: ['4242424242424242', '912345678901234', `${CODE}1`, 9_123_456_789_012_344, undefined, ' 912345678901234'],
      lines: [
        [],
        'Sandbox Shop',
        ['Sandbox Shop', ''],
        ['a\u0000b'],
        Array(11).fill('x'),
        ['x'.repeat(201)],
        [7],
        undefined,
      ],
    },
  };
  for (const kind of Object.keys(ACTIONS)) {
    for (const [field, values] of Object.entries({
      ...wrong[kind],
      type: ['bank', 7, undefined],
      expires_at: ['soon', 7, undefined],
    })) {
      for (const value of values) {
        const outcome = await asked(kind, bodyOf(kind, { action: { ...ACTIONS[kind], [field]: value } }));
        assert.equal(brief(outcome), 'unknown unreadable alarm', `${kind}: ${field} = ${JSON.stringify(value)}`);
      }
    }
    for (const other of Object.keys(ACTIONS).filter((one) => one !== kind)) {
      const outcome = await asked(kind, bodyOf(kind, { action: ACTIONS[other] }));
      assert.equal(brief(outcome), 'unknown contradiction alarm', `${other} for ${kind}`);
    }
    assert.equal(brief(await asked(kind, bodyOf(kind, { action: undefined }))), 'unknown unreadable alarm', kind);
  }
});

test('a card is never sent to a bank’s page, and a bank nobody listed goes without a name', async () => {
  const card = await charged(jsonAnswer(JSON.stringify(bodyOf('redirect')), 201));
  assert.equal(brief(card), 'unknown contradiction alarm');
  const unlisted = await asked('redirect', bodyOf('redirect', { method: { type: 'pay_by_bank', bank: 'elsewhere' } }));
  assert.ok(unlisted.kind === 'action_required' && unlisted.action.type === 'redirect');
  assert.equal(unlisted.action.bankName, undefined);
});

test('a pending charge says by when, where the bank does; a date that is none is left out', async () => {
  const pending = (expectedBy?: unknown) =>
    asked('redirect', bodyOf('redirect', { status: 'pending', action: undefined, expected_by: expectedBy }));
  assert.deepEqual(await pending(UNTIL), { kind: 'pending', ref: approved.id, expectBy: fromIso(UNTIL) });
  for (const wrong of [undefined, 'tomorrow', 7, null]) {
    assert.deepEqual(await pending(wrong), { kind: 'pending', ref: approved.id });
  }
});

test('a payer who says no, a deadline and a phone’s own words decline with our codes', async () => {
  const declined = async (end: Record<string, unknown>) =>
    brief(await asked('push', bodyOf('push', { status: 'declined', action: undefined, ...end })));
  assert.equal(await declined({ reason: 'cancelled_by_payer' }), 'declined issuer approval_declined');
  assert.equal(await declined({ reason: 'action_expired' }), 'declined issuer approval_timeout');
  assert.equal(await declined({ response: { code: '55' } }), 'declined issuer incorrect_pin');
  assert.equal(await declined({ response: { code: '51' } }), 'declined issuer insufficient_funds');
});

test('a phone number that comes back in an answer reaches no outcome, no evidence and no log line', async () => {
  const forms = [PHONE, PHONE.slice(1), `tel:${PHONE}`];
  for (const text of forms) {
    const said = { error: { code: 'internal', message: `no such phone: ${text}`, phone: text } };
    const outcome = await charged(jsonAnswer(JSON.stringify(said), 500), { instrument: INSTRUMENTS.push! });
    assert.equal(outcome.kind, 'unknown');
    assert.ok(!JSON.stringify(outcome).includes(PHONE.slice(1)), text);
  }
});

test('the banks to choose from are data of the connector, and all ways to pay are listed', () => {
  const { methods, choices } = processor.capabilities;
  assert.deepEqual(methods, ['card', 'pay_by_bank', 'wallet_qr', 'mobile_money', 'voucher']);
  assert.deepEqual(
    choices?.pay_by_bank?.map(({ value, label }) => `${value}: ${label}`),
    ['prompt: Prompt Bank', 'patient: Patient Bank', 'doubtful: Doubtful Bank'],
  );
});
