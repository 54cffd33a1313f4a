/**
 * Every order in which two things can happen: before each statement of the one, the other runs from start to end on a second
 * process. What commits last never undoes what was told first.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, type Page, type Payer } from '../support/payer.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

let beforeStatement: () => Promise<void> = async () => undefined;
let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp({ watch: { before: () => beforeStatement(), after: () => undefined } });
  second = await testApp({ on: app });
});
after(async () => {
  await second.stop();
  await app.close();
});

interface Race<Given> {
  given(): Promise<Given>;
  /** Runs on the first process; `meanwhile` runs on the second before its n-th statement, for every n. */
  run(given: Given): Promise<unknown>;
  meanwhile(given: Given): Promise<unknown>;
  check(given: Given): Promise<string>;
}

/** Answers each end that `check` named, and at how many moments it came about. */
async function atEveryMoment<Given>(race: Race<Given>): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (let n = 1; ; n++) {
    const given = await race.given();
    let seen = 0;
    let met = false;
    beforeStatement = async () => {
      seen += 1;
      if (seen !== n) return;
      met = true;
      await race.meanwhile(given);
    };
    await race.run(given);
    beforeStatement = async () => undefined;
    if (!met) await race.meanwhile(given);
    await untilQuiet(app);
    const end = await race.check(given);
    ends[end] = (ends[end] ?? 0) + 1;
    if (!met) break;
  }
  await assertSound(app);
  return ends;
}

interface OpenPage {
  session: Json;
  payer: Payer;
  page: Page;
}

async function openPage(body: Record<string, unknown> = {}): Promise<OpenPage> {
  const session = await app.merchant.createSession(body);
  const payer = app.payer.another();
  return { session, payer, page: await payer.open(session) };
}

async function pays({ session, payer, page }: OpenPage): Promise<Page> {
  const shown = await payer.submit(session, page, cards.approved);
  assert.ok(shown.status < 500, `the payer sees an error: ${shown.status}`);
  return shown;
}

async function charges(session: Json): Promise<number> {
  const { payment_id } = await app.merchant.session(session.id);
  return (await app.control.charged()).filter((row) => row.reference === payment_id).length;
}

async function endOf({ session }: { session: Json }): Promise<string> {
  const now = await app.merchant.session(session.id);
  assert.equal(await charges(session), now.payment_outcome === 'paid' ? 1 : 0);
  return `${now.status}, ${now.payment_outcome}`;
}

const cancels = (session: Json) => second.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`);

test('pay × cancel: either, never both', async () => {
  const ends = await atEveryMoment({
    given: () => openPage(),
    run: pays,
    meanwhile: ({ session }) => cancels(session),
    check: endOf,
  });
  assert.deepEqual(Object.keys(ends).sort(), ['cancelled, unpaid', 'completed, paid']);
});

test('cancel × pay: either, never both', async () => {
  const ends = await atEveryMoment<OpenPage>({
    given: async () => ({ ...(await openPage()), payer: second.payer.another() }),
    run: ({ session }: OpenPage) => app.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`),
    meanwhile: ({ session, payer }) => payer.pays(session, cards.approved),
    check: endOf,
  });
  assert.deepEqual(Object.keys(ends).sort(), ['cancelled, unpaid', 'completed, paid']);
});

test('pay × pay in another browser: one charge', async () => {
  const ends = await atEveryMoment({
    given: () => openPage(),
    run: pays,
    meanwhile: ({ session }) => second.payer.another().pays(session, '5555555555554444'),
    check: endOf,
  });
  assert.deepEqual(Object.keys(ends), ['completed, paid']);
});

test('pay × another amount: what is charged is what the payer saw', async () => {
  const ends = await atEveryMoment({
    given: () => openPage(),
    run: pays,
    meanwhile: ({ session }) =>
      second.merchant.call('PATCH', `/collect/payment_sessions/${session.id}`, { amount: 99_900 }),
    async check(given) {
      const now = await app.merchant.session(given.session.id);
      return `${await endOf(given)}, ${now.amount}`;
    },
  });
  assert.deepEqual(Object.keys(ends).sort(), ['active, not_started, 99900', 'completed, paid, 20000']);
});

test('pay × expire: either, never both', async () => {
  const ends = await atEveryMoment({
    given: () => {
      const expires_at = new Date(app.clock.now() + HOUR).toISOString();
      return openPage({ options: { checkout_options: { expires_at } } });
    },
    run: pays,
    async meanwhile() {
      app.clock.advance(HOUR);
      await second.runDue();
    },
    check: endOf,
  });
  assert.deepEqual(Object.keys(ends).sort(), ['completed, paid', 'expired, unpaid']);
});

async function series(): Promise<Json> {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.another().pays(session, cards.approved);
  return app.merchant.session(session.id);
}

test('charge × revoke: refused with nothing sent, or charged before the revocation', async () => {
  const ends = await atEveryMoment({
    given: series,
    run: async (token) => {
      token.reply = await app.merchant.chargeNext(token);
    },
    meanwhile: (token) => second.merchant.call('POST', `/collect/mandates/${token.mandate_id}/revoke`, {}),
    async check(token) {
      const { reply } = token;
      assert.equal((await app.merchant.chargeNext(token)).body.code, 'mandate_not_active');
      if (reply.status !== 201) return reply.body.code;
      assert.equal(await charges(reply.body), 1);
      return reply.body.payment_outcome;
    },
  });
  assert.deepEqual(Object.keys(ends).sort(), ['mandate_not_active', 'paid']);
});

test('charge × charge with one key: one charge', async () => {
  const token = await series();
  const ofThatSum = async () => (await app.control.charged()).filter((row) => row.amount === 10_000).length;
  const before = await ofThatSum();
  let made = 0;
  const ends = await atEveryMoment({
    given: async () => ({ key: `key-${++made}-of-many` }),
    run: ({ key }) => app.merchant.chargeNext(token, {}, { key }),
    meanwhile: ({ key }) => second.merchant.chargeNext(token, {}, { key }),
    async check({ key }) {
      const { body } = await app.merchant.chargeNext(token, {}, { key });
      assert.equal(await charges(body), 1);
      return body.payment_outcome;
    },
  });
  assert.deepEqual(Object.keys(ends), ['paid']);
  assert.equal((await ofThatSum()) - before, made);
});

test('first in series × the same card of the same customer elsewhere: one method, two mandates', async () => {
  const { body: customer } = await app.merchant.call('POST', '/collect/customers', { name: 'Sipho' });
  const ends = await atEveryMoment({
    given: () => openPage({ type: 'first_in_series', options: { customer_id: customer.id } }),
    run: pays,
    async meanwhile() {
      const other = { type: 'first_in_series', amount: 20_000, currency: 'ZAR', options: { customer_id: customer.id } };
      const { body } = await second.merchant.call('POST', '/collect/payment_sessions', other);
      await second.payer.another().pays(body, cards.approved);
    },
    check: endOf,
  });
  assert.deepEqual(Object.keys(ends), ['completed, paid']);
  const methods = await app.database.query(
    `select id from payment_methods where customer_id = $1 and status = 'active'`,
    [customer.id],
  );
  assert.equal(methods.length, 1);
});

test('first in series with a saved card × its removal: paid all the same, and nothing can be charged later on a removed card', async () => {
  const ends = await atEveryMoment({
    async given() {
      const { body: customer } = await app.merchant.call('POST', '/collect/customers', { name: 'Lerato' });
      const saving = await app.merchant.createSession({
        options: { customer_id: customer.id, checkout_options: { save_payment_method: 'always' } },
      });
      await app.payer.another().pays(saving, cards.approved);
      const method = (await app.merchant.session(saving.id)).payment_method_id as string;
      const session = await app.merchant.createSession({
        type: 'first_in_series',
        options: { customer_id: customer.id },
      });
      return { session, method, payer: app.payer.another() };
    },
    run: ({ session, method, payer }) => payer.paysWithSaved(session, method).catch(() => undefined),
    meanwhile: ({ method }) => second.merchant.call('DELETE', `/collect/payment_methods/${method}`),
    async check({ session, method }) {
      const now = await app.merchant.session(session.id);
      assert.equal(await charges(session), now.payment_outcome === 'paid' ? 1 : 0);
      const removed = await app.database.query(`select 1 from payment_methods where id = $1 and status = 'removed'`, [
        method,
      ]);
      if (now.payment_outcome !== 'paid' || removed.length === 0)
        return `${now.payment_outcome}, ${removed.length} removed`;
      const next = await app.merchant.chargeNext(now);
      assert.notEqual(next.status, 201);
      return 'paid and removed';
    },
  });
  assert.deepEqual(Object.keys(ends).sort(), ['not_started, 1 removed', 'paid and removed']);
});
