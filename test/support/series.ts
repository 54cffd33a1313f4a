/** Series that tests charge: a first_in_series session paid on its page, and its token. */
import type { TestApp } from './app.ts';
import type { Json } from './merchant.ts';
import { type CardInput, cards } from './payer.ts';

/** A paid first_in_series session of the app's merchant: `customer_id`, `payment_method_id` and `mandate_id` are its token. */
export async function paidSeries(
  app: TestApp,
  body: Record<string, unknown> = {},
  card: string | CardInput = cards.approved,
): Promise<Json> {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
    ...body,
  });
  const page = await app.payer.another().pays(session, card);
  const paid = await app.merchant.session(session.id);
  if (paid.status !== 'completed')
    throw new Error(`the first payment ended as ${paid.payment_outcome} (${page.state})`);
  return paid;
}
