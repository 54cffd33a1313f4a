/**
 * A world in which everything has happened at least once: payments paid, declined, reserved, captured in parts, voided, lapsed,
 * refunded, refunded in vain, taken back; series with their mandates, one revoked, and what is charged under them (`series-world.ts`);
 * a review that a person closed; customers
 * changed and deleted; webhook endpoints that take everything, something, nothing any more.
 */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DAY, SECOND } from '../../src/lib/time.ts';
import { bankCatchesUp } from '../simulation/bank.ts';
import { untilQuiet } from '../simulation/quiet.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { manual, paidPayment, reservedPayment } from '../support/steps.ts';
import { agree } from './series-world.ts';

const CAPTURE_FAILS_LATER = '4000009500200004';
const REFUND_PENDING = '4000009500500007';
const REFUND_PENDING_FAILS = '4000009500600005';
const REFUND_FAILS_LATER = '4000009500700003';

export interface BusyWorld {
  app: TestApp;
  /** What the receiver of every event was told, in order. */
  told: string[];
  close(): Promise<void>;
}

export async function busyWorld(): Promise<BusyWorld> {
  const told: string[] = [];
  const receiver = await startReceiver(told);
  const app = await testApp({ requestLog: true });
  const { port } = receiver.address() as AddressInfo;
  await listen(app, `http://127.0.0.1:${port}/`);
  await pay(app);
  await follow(app);
  await keep(app);
  await doubt(app);
  await agree(app);
  await dress(app);
  await app.otherMerchant();
  for (const ms of [11 * SECOND, 8 * DAY]) {
    app.clock.advance(ms);
    await bankCatchesUp(app);
    await untilQuiet(app);
  }
  return {
    app,
    told,
    async close() {
      await app.close();
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}

/** A look, a logo, a look that was only tried, and pages that behave in their own way. */
async function dress(app: TestApp): Promise<void> {
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="2"/></svg>';
  const file = { key: null, raw: drawing, headers: { 'content-type': 'image/svg+xml' } };
  const put = (path: string, body: unknown, options: object = { key: null }) =>
    app.merchant.call('PUT', `/collect/${path}`, body, options);
  for (const reply of [
    await put('branding', { display_name: 'Karoo Coffee', texts: { footer: { en: 'Karoo Coffee (Pty) Ltd' } } }),
    await put('branding/files/icon', undefined, file),
    await put('checkout_settings', { name_on_card: 'optional' }),
    await app.merchant.call('POST', '/collect/branding/preview', { corner_radius: 0 }, { key: null }),
  ])
    assert.equal(reply.status, 200, reply.text);
}

async function startReceiver(told: string[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push(Buffer.concat(chunks).toString());
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** One endpoint for everything, one that loses interest, one that is deleted; and a ping. */
async function listen(app: TestApp, url: string): Promise<void> {
  const path = '/collect/webhook_endpoints';
  const all = (await post(app, path, { url, event_types: ['*'] }, 201)).id;
  const some = (await post(app, path, { url: `${url}some`, event_types: ['customer.created'] }, 201)).id;
  const gone = (await post(app, path, { url: `${url}gone` }, 201)).id;
  await app.runDue();
  await app.merchant.createSession({ options: { customer: { name: 'Lerato' } } });
  await app.runDue();
  await app.merchant.call('PATCH', `${path}/${some}`, { event_types: ['mandate.activated'] });
  await app.merchant.call('DELETE', `${path}/${gone}`);
  await post(app, `${path}/${all}/ping`, undefined, 200);
  await app.runDue();
  await app.merchant.call('PATCH', `${path}/${some}`, { enabled: false });
}

/** Paid at once, after a decline, after the bank's page; verified; given up; run out. */
async function pay(app: TestApp): Promise<void> {
  await paidPayment(app);
  const declined = await app.merchant.createSession({ metadata: { order: '7' }, description: 'Books' });
  await app.payer.another().pays(declined, cards.declined);
  await app.payer.another().pays(declined, cards.approved);
  const challenged = await app.merchant.createSession();
  const payer = app.payer.another();
  await payer.pays(challenged, cards.challenge);
  await payer.decidesAtBank(challenged, 'approve');
  const cancelled = await app.merchant.createSession();
  await app.payer.another().pays(cancelled, cards.insufficientFunds);
  await app.merchant.call('POST', `/collect/payment_sessions/${cancelled.id}/cancel`, {});
  await app.merchant.createSession();
}

/** Everything that may follow a success. */
async function follow(app: TestApp): Promise<void> {
  const parts = await reservedPayment(app);
  await step(app, parts, 'captures', { amount: 5_000 });
  await step(app, parts, 'captures', { amount: 7_000 });
  await step(app, parts, 'voids');
  await step(app, parts, 'refunds', { amount: 2_000, reason: 'duplicate', metadata: { ticket: '9' } });
  await step(app, await reservedPayment(app, CAPTURE_FAILS_LATER), 'captures');
  const half = await reservedPayment(app);
  await step(app, half, 'captures', { amount: 1_000 });
  for (const card of [cards.approved, REFUND_PENDING, REFUND_PENDING_FAILS, REFUND_FAILS_LATER])
    await step(app, await paidPayment(app, card), 'refunds', { amount: 4_000 });
}

/** Customers with saved cards, a series, a mandate that ends. */
async function keep(app: TestApp): Promise<void> {
  for (const revoked of [false, false, true]) {
    const first = await app.merchant.createSession({
      type: 'first_in_series',
      options: { customer: { name: 'Thandi', email: 'thandi@example.com' } },
    });
    await app.payer.another().pays(first, cards.approved);
    const done = await app.merchant.session(first.id);
    await app.merchant.chargeNext(done);
    await app.merchant.chargeNext(done, { options: { ...tokenOf(done), ...manual } });
    if (revoked) await app.merchant.call('DELETE', `/collect/customers/${done.customer_id}`);
    else await app.merchant.call('PATCH', `/collect/customers/${done.customer_id}`, { phone: '+27 82 123 4567' });
  }
}

function tokenOf(session: Json) {
  return { customer_id: session.customer_id, payment_method_id: session.payment_method_id };
}

/** A charge of which the processor forgets everything: a person says what became of it. */
async function doubt(app: TestApp): Promise<void> {
  await app.control.arm({ kind: 'wrong_amount', match: { operation: 'charge' } });
  await app.control.arm({ kind: 'forgets', match: { operation: 'charge' } });
  const payment = await paidPayment(app);
  const note = 'Asked the processor by phone, ticket 4711.';
  await post(app, `/collect/payments/${payment.id}/resolve`, { note, outcome: 'failed' }, 200);
  await app.control.calm();
}

function step(app: TestApp, payment: Json, path: string, body: Record<string, unknown> = {}): Promise<Json> {
  return post(app, `/collect/payments/${payment.id}/${path}`, body, path === 'refunds' ? 201 : 200);
}

async function post(app: TestApp, path: string, body: unknown, expected: number): Promise<Json> {
  const reply = await app.merchant.call('POST', path, body);
  assert.equal(reply.status, expected, reply.text);
  return reply.body;
}
