/** A scripted processor in place of the sandbox: the connector asks it, and it answers the bytes a test hands over. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { send } from '../../src/outbound.ts';
import type { Call, ChargeOrder, Outcome } from '../../src/processors/processor.ts';
import { createSandboxProcessor } from '../../src/processors/sandbox.ts';
import { jsonAnswer, startScriptedServer } from '../support/scripted-server.ts';

export const CARD = '4242424242424242';
export const CODE = '917';
export const KEY = 'att_0123456789abcdefghijklmn';
export const MERCHANT_KEY = 'mk_canary_0123456789';

export const bank = await startScriptedServer();
after(() => bank.close());

export const warnings: unknown[] = [];
export const processor = createSandboxProcessor({
  send,
  log: { warn: (...line: unknown[]) => void warnings.push(line) } as never,
  limits: { money: { totalTimeoutMs: 300 }, question: { totalTimeoutMs: 300 } },
});

export function call(): Call {
  return {
    requestKey: KEY,
    credentials: { base_url: bank.url, merchant_key: MERCHANT_KEY, notification_secret: 'ns_x' },
  };
}

export const order: ChargeOrder = {
  money: { amountMinor: 2000, currency: 'ZAR' },
  reference: 'order-7',
  initiator: 'customer',
  instrument: { type: 'card', card: { number: CARD, expMonth: 12, expYear: 2030, securityCode: CODE } },
  returnUrl: 'https://shop.example/back',
  authentication: 'auto',
};

export const approved = {
  id: 'C-0123456789ABCDEF',
  request_key: KEY,
  intent: 'charge',
  amount: { value: 2000, currency: 'ZAR' },
  reference: 'order-7',
  initiator: 'customer',
  created_at: '2026-11-22T10:00:00.000Z',
  version: 1,
  status: 'approved',
  response: { code: '00', text: 'Approved', cvc: 'match' },
  approved_amount: { value: 2000, currency: 'ZAR' },
  network_transaction_id: '012345678901234',
  approval_code: '123456',
  card: {
    schemes: ['visa'],
    type: 'credit',
    country: 'US',
    bin: '424242',
    last4: '4242',
    exp_month: 12,
    exp_year: 2030,
  },
  captures: [],
  voids: [],
  refunds: [],
};

/** The outcome of a charge that is answered with `raw`, bytes as they are. */
export async function charged(raw: string, changes: Partial<ChargeOrder> = {}): Promise<Outcome> {
  bank.script((socket) => socket.write(raw));
  const outcome = await processor.charge({ ...order, ...changes }, call());
  const told = JSON.stringify([outcome, warnings]);
  for (const secret of [CARD, MERCHANT_KEY, `"${CODE}"`, `:${CODE}`])
    assert.ok(!told.includes(secret), `${secret} in ${told}`);
  return outcome;
}

export const answered = (body: object, status = 201): Promise<Outcome> =>
  charged(jsonAnswer(JSON.stringify(body), status));
export const brief = (outcome: Outcome): string =>
  outcome.kind === 'unknown'
    ? `unknown ${outcome.why}${outcome.alarm ? ' alarm' : ''}`
    : outcome.kind === 'declined'
      ? `declined ${outcome.stage} ${outcome.code}`
      : outcome.kind;
