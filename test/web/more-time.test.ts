/** How a page ends, and how a payer gets more time: each line of the promise, by the clock. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, type Page } from '../support/payer.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app?.close());

function endsIn(ms: number): Promise<Json> {
  const expires_at = new Date(app.clock.now() + ms).toISOString();
  return app.merchant.createSession({ options: { checkout_options: { expires_at } } });
}

async function leftMs(session: Json): Promise<number> {
  return Date.parse((await app.merchant.session(session.id)).expires_at) - app.clock.now();
}

const BUTTON = 'I need more time';
/** What stands open on the page: parts the script shows later are hidden. */
const shows = ({ html }: Page, part: string) => new RegExp(`<[^>]* data-${part}"(?![^>]* hidden)`).test(html);

test('half an hour before the end the page says when it closes and offers more time; two minutes before it asks', async () => {
  const session = await endsIn(60 * MINUTE);
  const payer = app.payer.another();
  app.clock.advance(30 * MINUTE - SECOND);
  assert.ok(!shows(await payer.open(session), 'part="more_time'));
  app.clock.advance(SECOND);
  const page = await payer.open(session);
  assert.ok(shows(page, 'part="more_time'));
  assert.ok(!shows(page, 'banner="expiring'));
  assert.match(page.html, /This page closes at <time datetime="[^"]+">/);
  app.clock.advance(28 * MINUTE);
  const late = await payer.open(session);
  assert.ok(shows(late, 'banner="expiring'));
  assert.match(late.html, /data-banner="expiring"[\s\S]{0,400}I need more time/);
});

test('more time is a quarter of an hour from now, is told to the merchant, and the page says until when', async () => {
  const session = await endsIn(10 * MINUTE);
  const payer = app.payer.another();
  const page = await payer.act(session, 'more_time');
  assert.equal(await leftMs(session), 15 * MINUTE);
  assert.match(page.html, /This page now closes at <time/);
  await app.runDue();
  const told = (await app.merchant.events()).filter(({ data }) => data.id === session.id).at(-1);
  assert.equal(told.type, 'payment_session.updated');
  assert.equal(Date.parse(told.data.expires_at) - app.clock.now(), 15 * MINUTE);
});

test('where a quarter of an hour from now is no gain nothing changes, and nothing is used up', async () => {
  const session = await endsIn(20 * MINUTE);
  const payer = app.payer.another();
  for (let n = 0; n < 12; n++) await payer.act(session, 'more_time');
  assert.equal(await leftMs(session), 20 * MINUTE);
  app.clock.advance(10 * MINUTE);
  await payer.act(session, 'more_time');
  assert.equal(await leftMs(session), 15 * MINUTE);
});

test('ten times, then the page says when it closes and offers nothing', async () => {
  const session = await endsIn(10 * MINUTE);
  const payer = app.payer.another();
  let page = await payer.open(session);
  for (let n = 1; n <= 10; n++) {
    assert.ok(page.html.includes(BUTTON), `before the ${n}th`);
    app.clock.advance(5 * MINUTE);
    page = await payer.act(session, 'more_time');
    assert.equal(await leftMs(session), 15 * MINUTE);
  }
  assert.ok(!page.html.includes(BUTTON));
  assert.match(page.html, /This page now closes at <time/);
  app.clock.advance(14 * MINUTE);
  const csrf = /name="csrf" value="([^"]+)"/.exec((await payer.open(session)).html)?.[1] ?? '';
  const last = await payer.press(session, 'more_time', { csrf });
  assert.equal(await leftMs(session), MINUTE);
  assert.doesNotMatch(last.html, /Do you need more time/);
});

test('after the end nothing is sent and no more time is given, before any sweep and after it', async () => {
  const session = await endsIn(5 * MINUTE);
  const payer = app.payer.another();
  const open = await payer.open(session);
  app.clock.advance(5 * MINUTE);
  const before = (await app.control.book()).length;
  const page = await payer.submit(session, open, cards.approved);
  assert.equal(page.state, 'expired');
  assert.match(page.html, /Nothing was charged\./);
  const csrf = /name="csrf" value="([^"]+)"/.exec(open.html)?.[1] ?? '';
  assert.equal((await payer.press(session, 'more_time', { csrf })).state, 'expired');
  await app.runDue();
  assert.equal((await payer.press(session, 'more_time', { csrf })).state, 'expired');
  assert.equal((await app.control.book()).length, before);
  assert.equal((await app.merchant.session(session.id)).status, 'expired');
});

test('a card that was kept is gone with the end of the page', async () => {
  const session = await endsIn(5 * MINUTE);
  await app.payer.another().pays(session, cards.insufficientFunds);
  const kept = () => app.database.query(`select 1 from kept_cards where session_id = '${session.id}'`);
  app.clock.advance(5 * MINUTE);
  await app.runDue();
  assert.deepEqual(await kept(), []);
});

test('an answer that comes after the end counts: a success pays, a decline ends the page and says so', async () => {
  for (const [decision, state] of [
    ['approve', 'paid'],
    ['decline', 'expired'],
  ] as const) {
    const session = await endsIn(5 * MINUTE);
    const payer = app.payer.another();
    assert.equal((await payer.pays(session, cards.challenge)).state, 'three_ds');
    app.clock.advance(6 * MINUTE);
    assert.equal((await payer.open(session)).state, 'three_ds');
    const page = await payer.decidesAtBank(session, decision);
    assert.equal(page.state, state);
    if (state === 'expired') assert.match(page.html, /The last try was declined\. Nothing was charged\./);
  }
});

test('the merchant cannot cancel while an attempt is open, and afterwards the page says who did', async () => {
  const session = await endsIn(30 * MINUTE);
  const payer = app.payer.another();
  await payer.pays(session, cards.challenge);
  const path = `/collect/payment_sessions/${session.id}/cancel`;
  const refused = await app.merchant.call('POST', path, {});
  assert.deepEqual([refused.status, refused.body.code], [409, 'payment_in_progress']);
  await payer.decidesAtBank(session, 'decline');
  assert.equal((await app.merchant.call('POST', path, {})).status, 200);
  assert.equal((await payer.open(session)).state, 'cancelled');
});
