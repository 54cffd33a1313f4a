/** Blocked cards in the hands of operators: listed, freed with a note, and forgotten only when their time is over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { blockedCards, unblockCard } from '../../src/app/card-blocks.ts';
import { dropOldDeclines } from '../../src/app/card-reset.ts';
import { type Context, contextFor } from '../../src/app/context.ts';
import { Identities } from '../../src/app/tenants.ts';
import { DAY } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { declinesCharges } from '../support/test-cards.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

async function operator(): Promise<Context> {
  const tenant = await new Identities(app.program.app).tenant(app.tenantId);
  assert.ok(tenant);
  return contextFor(app.program.app, tenant);
}

const hold = async (token: Json) =>
  (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body.charge_hold?.rule;
const rows = async (table: string) =>
  (await app.database.query<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n;

test('an operator sees blocked cards and frees one with a note; its mandates go on, the card of others stays closed', async () => {
  const token = await paidSeries(app, {}, declinesCharges('visa', '43'));
  const other = await paidSeries(app, {}, declinesCharges('jcb', '43'));
  for (const one of [token, other]) assert.equal((await app.merchant.chargeNext(one)).body.payment_outcome, 'unpaid');
  const context = await operator();
  const listed = (await blockedCards(context)).map((block) => [block.rule, block.code, ...block.paymentMethodIds]);
  assert.deepEqual(
    listed.toSorted(),
    [
      ['house.hard', '43', other.payment_method_id],
      ['house.hard', '43', token.payment_method_id],
      ['visa.never', '43', token.payment_method_id],
    ].toSorted(),
  );
  const free = (rule?: string) =>
    unblockCard(context, { card: token.payment_method_id, rule, note: 'The bank called: a mistake', by: 'thandi' });
  assert.deepEqual((await free('visa.never')).lifted, ['visa.never']);
  assert.equal(await hold(token), 'house.hard', 'the other block still stands');
  assert.equal((await app.merchant.chargeNext(token)).body.code, 'retry_not_allowed');
  assert.deepEqual((await free()).lifted, ['house.hard']);
  assert.deepEqual((await free()).lifted, []);
  assert.equal(await hold(token), undefined);
  assert.equal((await app.merchant.chargeNext(token)).body.payment_outcome, 'unpaid', 'it is sent again');
  assert.equal((await app.merchant.chargeNext(other)).body.code, 'retry_not_allowed');
  const audit = await app.database.query('select rule, note, lifted_by from card_unblocks order by id');
  assert.deepEqual(audit, [
    { rule: 'visa.never', note: 'The bank called: a mistake', lifted_by: 'thandi' },
    { rule: 'house.hard', note: 'The bank called: a mistake', lifted_by: 'thandi' },
  ]);
});

test('a fingerprint names a card too, and another tenant’s card is nobody’s', async () => {
  const token = await paidSeries(app, {}, declinesCharges('jcb', '41'));
  await app.merchant.chargeNext(token);
  const method = (await app.merchant.call('GET', `/collect/payment_methods/${token.payment_method_id}`)).body;
  const asked = { card: method.card.fingerprint, note: 'n', by: 'b' };
  const stranger = { ...(await operator()), tenant: { ...(await operator()).tenant, id: 'tnt_other' } };
  assert.deepEqual((await unblockCard(stranger, asked)).lifted, []);
  assert.deepEqual((await unblockCard(await operator(), asked)).lifted, ['house.hard']);
});

test('declines are dropped after thirty days and their cards watched no longer, but a blocked card is', async () => {
  await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
  const soft = await paidSeries(app, {}, declinesCharges('visa', '51'));
  const hard = await paidSeries(app, {}, declinesCharges('visa', '15'));
  const held = await paidSeries(app, {}, declinesCharges('visa', '82'));
  for (const token of [soft, hard, held]) await app.merchant.chargeNext(token);
  app.clock.advance(30 * DAY - 1);
  assert.equal(await dropOldDeclines(app.program.app), 0);
  assert.deepEqual([await rows('card_declines'), await rows('card_watch')], [3, 3]);
  app.clock.advance(1);
  assert.equal(await dropOldDeclines(app.program.app), 4);
  assert.deepEqual([await rows('card_declines'), await rows('card_watch')], [0, 2]);
  assert.equal(await dropOldDeclines(app.program.app), 0, 'what stays is looked at again another day');
  assert.equal((await app.merchant.chargeNext(hard)).body.rule, 'visa.never');
});
