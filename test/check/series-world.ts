/** What happens under mandates in the busy world: limits taken from, a subscription charged day by day, cards that banks close. */
import { unblockCard } from '../../src/app/card-blocks.ts';
import { contextFor } from '../../src/app/context.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { act, paidSubscription } from '../support/subscriptions.ts';
import { declinesCharges } from '../support/test-cards.ts';

const LIMITS = {
  amount: { min: 100, max: 5_000 },
  max_occurrences: 50,
  period_limits: [
    { period: 'month', max_count: 9, max_amount: 40_000 },
    { period: 'week', max_count: 5 },
  ],
};
const PLAN = {
  type: 'installment',
  total_amount: 40_000,
  terms: { type: 'periodic', amount: 10_000, recurrence: { type: 'daily' }, max_occurrences: 3 },
};
const DAILY = { type: 'scheduled', amount: 700, recurrence: { type: 'daily' } };

/** Days pass afterwards: the subscriptions and instalments of this world are charged then. */
export async function agree(app: TestApp): Promise<void> {
  const customer = { name: 'Sipho' };
  const limited = await paidSeries(app, { amount: 5_000, options: { customer, mandate_options: LIMITS } });
  for (const amount of [1_000, 2_000]) await app.merchant.chargeNext(limited, { amount });
  await app.control.arm({ kind: 'decline', params: { code: '51' }, match: { initiator: 'merchant' } });
  await app.merchant.chargeNext(limited, { amount: 3_000 });
  await replaceCard(app, limited);
  await paidSubscription(app, { amount: 700, mandate_options: DAILY });
  const paused = await paidSubscription(app, { amount: 700, mandate_options: DAILY });
  await act(app, paused.id, 'pause');
  const cancelled = await paidSubscription(app, { amount: 700, mandate_options: DAILY });
  await act(app, cancelled.id, 'cancel');
  await paidSubscription(app, { amount: 10_000, mandate_options: PLAN });
  await blocked(app);
}

async function replaceCard(app: TestApp, { customer_id, mandate_id }: Json): Promise<void> {
  const options = { customer_id, mandate_options: { replaces_mandate_id: mandate_id } };
  await paidSeries(app, { amount: 0, options }, '4000004040000006');
}

/** One card that stays closed, with a subscription that is not charged; one that a person opened again. */
async function blocked(app: TestApp): Promise<void> {
  const lost = declinesCharges('visa', '41');
  const closed = await paidSeries(app, {}, lost);
  await app.merchant.chargeNext(closed, { amount: 1_000 });
  await paidSubscription(app, { amount: 700, mandate_options: DAILY, card: declinesCharges('visa', '43') });
  const opened = await paidSeries(app, {}, declinesCharges('mastercard', '41'));
  await app.merchant.chargeNext(opened, { amount: 1_000 });
  const tenant = await app.program.identities.tenant(app.tenantId);
  await unblockCard(contextFor(app.program.app, tenant!), {
    card: opened.payment_method_id,
    note: 'the bank had mixed up two cards',
    by: 'operator',
  });
}
