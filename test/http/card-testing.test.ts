/** Trying out cards on checkout pages: limits per session, card and address hold, also for many presses at one moment. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createCheckoutDoor } from '../../src/app/checkout.ts';
import type { CheckoutDoor, PayOrder, PayResult } from '../../src/app/checkout-door.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';

let app: TestApp;
let door: CheckoutDoor;
before(async () => {
  app = await testApp();
  door = createCheckoutDoor(app.program.app, app.program.identities);
});
after(() => app?.close());
beforeEach(() => app.clock.advance(2 * HOUR));

const MONEY = { amountMinor: 20_000, currency: 'ZAR' };
const WRONG_CODE = '4000000000000127';

function typed(number: string, more: Partial<PayOrder> = {}): PayOrder {
  const card = { number, expMonth: 12, expYear: 2030, securityCode: '123' };
  return {
    attemptKey: randomBytes(16).toString('base64url'),
    money: MONEY,
    instrument: { type: 'card', card },
    save: false,
    payer: {},
    ...more,
  };
}

/** Presses Pay on a page of its own, from `ip`. */
async function tries(number: string, ip?: string): Promise<PayResult> {
  const session = await app.merchant.createSession({ amount: MONEY.amountMinor, currency: MONEY.currency });
  return door.pay(session.checkout_session_id, typed(number, ip === undefined ? {} : { payer: { ip } }));
}

/** How many tries reached the processor, by the book. */
async function sent(work: () => Promise<unknown>): Promise<number> {
  const before = (await app.control.book()).length;
  await work();
  return (await app.control.book()).length - before;
}

/** A card of a family, declined by its bank with a response code. */
function declinedCard(family: string, response: string): string {
  const front = `${family}99${response}0000`;
  const sum = [...front].reverse().reduce((total, digit, i) => {
    const n = i % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (n > 9 ? n - 9 : n);
  }, 0);
  return front + String((10 - (sum % 10)) % 10);
}

const BUSY = declinedCard('400000', '091');
/** A stolen list: twenty-four cards, none twice. */
const LIST = ['400000', '555555', '353011'].flatMap((family) =>
  ['005', '051', '061', '065', '012', '057', '062', '059'].map((response) => declinedCard(family, response)),
);

test('twenty presses at one moment with each of four cards on one page: five attempts in all, and cards are closed', async () => {
  const session = await app.merchant.createSession({ amount: MONEY.amountMinor, currency: MONEY.currency });
  const id = session.checkout_session_id;
  let made = 0;
  for (const number of LIST.slice(0, 4))
    made += await sent(() => Promise.all(Array.from({ length: 20 }, () => door.pay(id, typed(number)))));
  assert.equal(made, 5);
  const attempts = await app.merchant.attempts((await app.merchant.session(session.id)).payment_id);
  assert.equal(attempts.length, 5);
  assert.equal((await app.payer.another().open(session)).state, 'too_many_tries');
});

test('of twenty presses at one moment with one card on twenty pages five reach the bank; an hour later the card is open again', async () => {
  const press = () => Promise.all(Array.from({ length: 20 }, () => tries(WRONG_CODE)));
  assert.equal(await sent(press), 5);
  const refused = await tries(WRONG_CODE);
  assert.equal(refused.kind, 'closed');
  assert.ok(refused.kind === 'closed' && refused.card.byTries);
  assert.ok(refused.kind === 'closed' && refused.after.situation.kind === 'declined');
  app.clock.advance(HOUR - 1);
  assert.equal(await sent(() => tries(WRONG_CODE)), 0);
  app.clock.advance(1);
  assert.equal(await sent(() => tries(WRONG_CODE)), 1);
});

test('a card that is approved at the same moment on many pages is never refused for it', async () => {
  const results = await Promise.all(Array.from({ length: 12 }, () => tries(cards.approved)));
  assert.deepEqual(new Set(results.map((result) => result.kind)), new Set(['see_page']));
  assert.equal(await sent(() => tries(cards.approved)), 1);
});

test('from one address ten failures in ten minutes close cards there, at once and one by one, and nowhere else', async () => {
  const ip = '203.0.113.9';
  const press = () => Promise.all(LIST.slice(0, 20).map((number) => tries(number, ip)));
  assert.equal(await sent(press), 10);
  const refused = await tries(cards.approved, ip);
  assert.ok(refused.kind === 'braked');
  assert.deepEqual(
    { kind: refused.after.situation.kind, until: refused.cardsClosedUntil - app.clock.now() },
    { kind: 'too_many_tries', until: 10 * MINUTE },
  );
  assert.equal(await sent(() => tries(cards.approved, '203.0.113.10')), 1);
  assert.equal(await sent(() => tries(cards.approved)), 1);
  app.clock.advance(10 * MINUTE - 1);
  assert.equal(await sent(() => tries(cards.approved, ip)), 0);
  app.clock.advance(1);
  assert.equal(await sent(() => tries(cards.approved, ip)), 1);
});

test('a bank that does not answer and a payer at the bank count for nothing; a refusal at the bank counts when it comes', async () => {
  const ip = '203.0.113.20';
  for (let n = 0; n < 12; n++) assert.equal(await sent(() => tries(BUSY, ip)), 1);
  const waiting: Json[] = [];
  for (let n = 0; n < 12; n++) {
    const session = await app.merchant.createSession({ amount: MONEY.amountMinor, currency: MONEY.currency });
    await door.pay(session.checkout_session_id, typed(cards.challenge, { payer: { ip } }));
    waiting.push(session);
  }
  assert.equal(await sent(() => tries(cards.approved, ip)), 1);
  for (const session of waiting) await app.payer.another().decidesAtBank(session, 'decline');
  assert.equal((await tries(cards.approved, ip)).kind, 'braked');
  assert.equal((await tries(cards.challenge)).kind, 'closed');
});

test('the failures of a saved card count, and close it on every page, saved or typed', async () => {
  const approvedOnce = '4000000000000341';
  const first = await app.merchant.createSession({ options: { checkout_options: { save_payment_method: 'always' } } });
  await app.payer.another().pays(first, approvedOnce);
  const { customer_id, payment_method_id } = await app.merchant.session(first.id);
  const pay = async () => {
    const session = await app.merchant.createSession({ options: { customer_id } });
    const instrument = { type: 'saved', paymentMethodId: payment_method_id, securityCode: '123' } as const;
    return door.pay(session.checkout_session_id, typed('', { instrument }));
  };
  for (let n = 1; n <= 5; n++) assert.equal(await sent(pay), 1);
  const refused = await pay();
  assert.ok(refused.kind === 'closed' && refused.card.byTries && refused.card.paymentMethodId === payment_method_id);
  assert.equal((await tries(approvedOnce)).kind, 'closed');
});

test('neither an address nor a number is written: the brakes keep digests', async () => {
  const ip = '198.51.100.77';
  await tries(cards.declined, ip);
  const rows = await app.database.query<Record<string, unknown>>(`select * from checkout_tries`);
  assert.ok(rows.some((row) => row.kind === 'address'));
  const text = JSON.stringify(rows);
  for (const secret of [ip, cards.declined]) assert.ok(!text.includes(secret));
  for (const row of rows) assert.match(String(row.digest), /^[\w-]{43}$/);
});

test('what no window counts any more is swept', async () => {
  await tries(cards.declined, '198.51.100.78');
  app.clock.advance(8 * 24 * HOUR);
  await app.runDue();
  assert.deepEqual(await app.database.query(`select 1 from checkout_tries`), []);
});
