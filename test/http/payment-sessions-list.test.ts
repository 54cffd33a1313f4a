/** Lists of payment sessions and of payments: order, pages in both directions, filters, and what no list takes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
let made: Json[];
before(async () => {
  app = await testApp();
  made = [];
  for (let i = 0; i < 7; i++) {
    made.unshift(await app.merchant.createSession({ external_reference: i % 2 === 0 ? 'even' : 'odd' }));
    app.clock.advance(1_000);
  }
});
after(() => app.close());

const list = (query = '', what = 'payment_sessions') => app.merchant.call('GET', `/collect/${what}${query}`);
const ids = (reply: Reply<Json>): string[] => reply.body.data.map((one: Json) => one.id);
const cursors = (reply: Reply<Json>) => [reply.headers.get('next-cursor'), reply.headers.get('prev-cursor')];
const all = () => made.map((session) => session.id);

test('sessions are listed newest first, whole, twenty at a time unless asked otherwise', async () => {
  const reply = await list();
  assert.deepEqual(ids(reply), all());
  assert.deepEqual(reply.body.data[0], await app.merchant.session(made[0].id));
  assert.deepEqual(cursors(reply), [null, null]);
  const other = await app.otherMerchant();
  for (let i = 0; i < 21; i++) await other.createSession();
  const first = await other.call('GET', '/collect/payment_sessions');
  assert.equal(first.body.data.length, 20);
  assert.notEqual(first.headers.get('next-cursor'), null);
  assert.equal((await other.call('GET', '/collect/payment_sessions?limit=100')).body.data.length, 21);
});

test('cursors lead through every page and back, without a gap and without a repeat', async () => {
  const first = await list('?limit=3');
  assert.deepEqual(ids(first), all().slice(0, 3));
  assert.equal(cursors(first)[1], null, 'nothing is newer');
  const second = await list(`?limit=3&cursor=${cursors(first)[0]}`);
  assert.deepEqual(ids(second), all().slice(3, 6));
  const third = await list(`?limit=3&cursor=${cursors(second)[0]}`);
  assert.deepEqual(ids(third), all().slice(6));
  assert.equal(cursors(third)[0], null, 'nothing is older');
  const back = await list(`?limit=3&cursor=${cursors(third)[1]}`);
  assert.deepEqual(ids(back), all().slice(3, 6));
  const start = await list(`?limit=3&cursor=${cursors(back)[1]}`);
  assert.deepEqual(ids(start), all().slice(0, 3));
  assert.equal(cursors(start)[1], null);
});

test('a new session does not move the pages behind it, and is seen by asking back', async () => {
  const other = await app.otherMerchant();
  const sessions: Json[] = [];
  for (let i = 0; i < 4; i++) sessions.unshift(await other.createSession());
  const page = (query: string) => other.call('GET', `/collect/payment_sessions?limit=2${query}`);
  const first = await page('');
  const newest = await other.createSession();
  const second = await page(`&cursor=${cursors(first)[0]}`);
  assert.deepEqual(ids(second), [sessions[2].id, sessions[3].id]);
  const back = await page(`&cursor=${cursors(second)[1]}`);
  assert.deepEqual(ids(back), [sessions[0].id, sessions[1].id]);
  assert.deepEqual(ids(await page(`&cursor=${cursors(back)[1]}`)), [newest.id]);
});

test('a filtered list has pages of its own', async () => {
  const even = made.filter((session) => session.external_reference === 'even').map((session) => session.id);
  const first = await list('?external_reference=even&limit=3');
  assert.deepEqual(ids(first), even.slice(0, 3));
  assert.deepEqual(ids(await list(`?external_reference=even&limit=3&cursor=${cursors(first)[0]}`)), even.slice(3));
  assert.deepEqual(ids(await list('?external_reference=nobody')), []);
});

test('a range of creation times includes its beginning and not its end, in any zone', async () => {
  const from = made[4].created_at as string;
  const to = made[1].created_at as string;
  const between = made.slice(2, 5).map((session) => session.id);
  assert.deepEqual(ids(await list(`?created_after=${from}&created_before=${to}`)), between);
  const inZone = new Date(Date.parse(from) + 7_200_000).toISOString().replace('Z', '%2B02:00');
  assert.deepEqual(ids(await list(`?created_after=${inZone}&created_before=${to}`)), between);
  assert.deepEqual(ids(await list('?created_before=0000-01-01T00:00:00Z')), []);
  assert.deepEqual(ids(await list('?created_after=9999-12-31T23:59:59Z')), []);
});

test('sessions are found by status, outcome, type and customer, alone and together', async () => {
  const other = { ...app, merchant: await app.otherMerchant() };
  const find = async (query: string) => ids(await other.merchant.call('GET', `/collect/payment_sessions?${query}`));
  const open = await other.merchant.createSession();
  const cancelled = await other.merchant.createSession();
  await other.merchant.call('POST', `/collect/payment_sessions/${cancelled.id}/cancel`);
  const series = await paidSeries(other);
  const charge = (await other.merchant.chargeNext(series)).body;
  assert.deepEqual(await find('status=active'), [open.id]);
  assert.deepEqual(await find('status=cancelled'), [cancelled.id]);
  assert.deepEqual(await find('status=completed'), [charge.id, series.id]);
  assert.deepEqual(await find('payment_outcome=not_started'), [open.id]);
  assert.deepEqual(await find('payment_outcome=unpaid'), [cancelled.id]);
  assert.deepEqual(await find('payment_outcome=paid&type=next_in_series'), [charge.id]);
  assert.deepEqual(await find('type=first_in_series'), [series.id]);
  assert.deepEqual(await find(`customer_id=${series.customer_id}`), [charge.id, series.id]);
  assert.deepEqual(await find(`customer_id=cus_${'0'.repeat(24)}`), []);
});

test('payments are listed newest first and found by status, session, customer, reference and time', async () => {
  const other = { ...app, merchant: await app.otherMerchant() };
  const find = async (query: string) => ids(await other.merchant.call('GET', `/collect/payments?${query}`));
  const declined = await other.merchant.createSession({ external_reference: 'declined' });
  await app.payer.another().pays(declined, cards.declined);
  app.clock.advance(1_000);
  const series = await paidSeries(other);
  const charge = (await other.merchant.chargeNext(series, { external_reference: 'charge' })).body;
  const failed = (await other.merchant.session(declined.id)).payment_id;
  const paid = [charge.payment_id, series.payment_id];
  assert.deepEqual(await find(''), [...paid, failed]);
  assert.deepEqual(await find('status=succeeded'), paid);
  assert.deepEqual(await find('status=draft'), [failed]);
  assert.deepEqual(await find(`payment_session_id=${series.id}`), [series.payment_id]);
  assert.deepEqual(await find(`customer_id=${series.customer_id}`), paid);
  assert.deepEqual(await find('external_reference=charge'), [charge.payment_id]);
  assert.deepEqual(await find(`created_before=${series.created_at}`), [failed]);
  const first = await other.merchant.call('GET', '/collect/payments?limit=2');
  assert.deepEqual(ids(first), paid);
  assert.deepEqual(await find(`limit=2&cursor=${cursors(first)[0]}`), [failed]);
});

test('a parameter that no list knows, or a value that cannot be, is refused by name', async () => {
  const bad = (query: string) => `?${query}`;
  for (const [query, pointer] of [
    ['color=red', 'query/color'],
    ['limit=0', 'query/limit'],
    ['limit=101', 'query/limit'],
    ['limit=1.5', 'query/limit'],
    ['limit=', 'query/limit'],
    ['limit=1&limit=2', 'query/limit'],
    ['cursor=nonsense', 'query/cursor'],
    ['cursor=b2xkZXI6JzsgZHJvcCB0YWJsZSB4', 'query/cursor'],
    ['status=open', 'query/status'],
    ['status[]=active', 'query/status[]'],
    ['customer_id=1', 'query/customer_id'],
    ['external_reference=a%20b', 'query/external_reference'],
    ['created_after=yesterday', 'query/created_after'],
    ['created_after=2026-11-22', 'query/created_after'],
    ['created_after=2026-11-22T00:00:00', 'query/created_after'],
    ['created_before=2026-11-22%2000:00:00Z', 'query/created_before'],
  ] as const) {
    const reply = await list(bad(query));
    assert.equal(reply.status, 400, query);
    assert.equal(reply.body.code, 'invalid_request');
    assert.ok(
      reply.body.errors.some((error: Json) => error.pointer === pointer),
      `${query}: ${JSON.stringify(reply.body.errors)}`,
    );
  }
  assert.equal((await list('?email=%00', 'customers')).status, 400, 'no text that the database cannot read');
});
