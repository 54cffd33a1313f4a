/** From the page of a series to its mandate, through the front door: what was shown is what is stored and what is enforced. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, type Page } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { all, parsed, readMandate } from '../web/mandate-reader.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const mandateOf = async (token: Json): Promise<Json> =>
  (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;

/** The mandate part of a page. */
function partOf(page: Page) {
  const part = /<section class="mandate"[\s\S]*?<\/section>/.exec(page.html)?.[0];
  assert.ok(part, page.state);
  return parsed(part);
}

/** What each section of the part says. */
function saidIn(page: Page): Record<string, string> {
  const rows = all(partOf(page)).filter(({ attributes }) => attributes['data-section'] !== undefined);
  return Object.fromEntries(rows.map((row) => [row.attributes['data-section'], row.children[1]?.text ?? '']));
}

const subscribed = {
  type: 'first_in_series',
  amount: 19_900,
  options: {
    customer: { name: 'Thandi' },
    mandate_options: {
      type: 'scheduled',
      amount: 19_900,
      recurrence: { type: 'monthly', on: { type: 'day_of_month', days: [31] } },
      max_occurrences: 12,
      time_zone: 'Africa/Johannesburg',
    },
    subscription_options: { scheduled_time: '09:30' },
  },
};

const inInstalments = {
  type: 'first_in_series',
  amount: 2_500,
  options: {
    customer: { name: 'Thandi' },
    mandate_options: {
      type: 'installment',
      total_amount: 10_000,
      terms: { type: 'periodic', amount: 2_500, recurrence: { type: 'monthly' }, max_occurrences: 3 },
    },
  },
};

test('the page of a subscription, the consent behind its mandate and the receipt say the same', async () => {
  const session = await app.merchant.createSession(subscribed);
  const payer = app.payer.another();
  const page = await payer.open(session);
  const read = readMandate(partOf(page));
  const done = await payer.submit(session, page, cards.approved);
  assert.equal(done.state, 'paid');
  const token = await app.merchant.session(session.id);
  const mandate = await mandateOf(token);
  assert.equal(read.terms.maxOccurrences, mandate.max_occurrences);
  assert.equal(read.terms.timeZone, mandate.time_zone);
  assert.deepEqual(read.terms.amount, { exactMinor: mandate.amount });
  assert.equal(read.subscription?.scheduledTime, '09:30');

  const { text, text_hash } = mandate.consent;
  assert.equal(text_hash, createHash('sha256').update(text, 'utf8').digest('hex'));
  assert.match(text, /Every month on the 31st \(or the last day of a shorter month\), from 30 November 2026\n/);
  for (const said of Object.values(saidIn(page))) {
    assert.ok(text.replace(/\s/g, '').includes(said.replace(/\s/g, '')), said);
  }
  assert.deepEqual(saidIn(done), saidIn(page));
  assert.ok(done.html.includes(`<dd class="code">${token.mandate_id}</dd>`));
});

test('the instalments of the page are those of the mandate', async () => {
  const session = await app.merchant.createSession(inInstalments);
  const payer = app.payer.another();
  const page = await payer.open(session);
  const read = readMandate(partOf(page));
  await payer.submit(session, page, cards.approved);
  const mandate = await mandateOf(await app.merchant.session(session.id));
  assert.deepEqual(
    read.instalments?.map(({ number, dueDate, amountMinor }) => [number, dueDate, amountMinor]),
    mandate.instalments.map((one: Json) => [one.number, one.due_date, one.amount]),
  );
  assert.equal(read.terms.totalAmountMinor, mandate.total_amount);
});

test('a page that was opened before midnight does not take a press after it: its dates have moved', async () => {
  const session = await app.merchant.createSession(inInstalments);
  const payer = app.payer.another();
  const page = await payer.open(session);
  app.clock.advance(13 * 3_600_000);
  const late = await payer.submit(session, page, cards.approved);
  assert.equal(late.state, 'choose');
  assert.notDeepEqual(saidIn(late).when, saidIn(page).when);
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'not_started');
});

test('a page for another card shows the mandate as it is now: what is left, from the next date on', async () => {
  const token = await paidSeries(app, inInstalments);
  const mandate = await mandateOf(token);
  const [first, ...left] = mandate.instalments;
  app.clock.advance(Date.parse(`${first.due_date}T12:00:00Z`) - app.clock.now());
  const charged = await app.merchant.chargeNext(token, { amount: 2_500 });
  assert.equal(charged.body.payment_outcome, 'paid', JSON.stringify(charged.body));
  const replacing = await app.merchant.createSession({
    type: 'first_in_series',
    amount: 0,
    options: { customer_id: token.customer_id, mandate_options: { replaces_mandate_id: token.mandate_id } },
  });
  const payer = app.payer.another();
  const page = await payer.open(replacing);
  const read = readMandate(partOf(page));
  assert.deepEqual(
    read.instalments?.map(({ dueDate }) => dueDate),
    left.map((one: Json) => one.due_date),
  );
  assert.equal(saidIn(page).today, 'Nothing now');
  const done = await payer.submit(replacing, page, '5555555555554444');
  assert.equal(done.state, 'verified');
  assert.deepEqual(saidIn(done), saidIn(page));
});
