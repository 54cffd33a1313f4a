/** What can meet a charge under limits or a due date: before it or not at all, and never twice. */
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { manual } from '../support/steps.ts';
import {
  about,
  acts,
  charges,
  deletes,
  dueSeries,
  ends,
  gives,
  isoDay,
  PRICE,
  passes,
  removes,
  replaces,
  reprices,
  revokes,
  type Series,
  seriesOf,
  seriesStands,
  withPages,
} from './races-series.ts';
import { type Operation, onEveryGround, racePairs } from './races-table.ts';

const charge = charges('charge', 'with its own key');
const sameCharge = charges('charge with one key', 'with one key');

/** Until tomorrow, and so many charges a month. */
const limited = (app: TestApp, max_count: number): Json => ({
  amount: { max: PRICE },
  period_limits: { period: 'month', max_count },
  validity_period: { end_date: isoDay(app, 0) },
});

type Pair = readonly Operation<Series>[];

/** One charge is left of the limit. */
async function oneLeft(app: TestApp, beside: TestApp, pair: Pair): Promise<Series> {
  return withPages(await seriesOf(app, { mandate_options: limited(app, 1) }), pair, [app, beside]);
}

/** The limit is taken by a charge that can still be given back. */
async function noneLeft(app: TestApp, beside: TestApp, pair: Pair): Promise<Series> {
  const given = await oneLeft(app, beside, pair);
  const { customer_id, payment_method_id, mandate_id } = given.token;
  const options = { customer_id, payment_method_id, mandate_id, ...manual };
  const { body, status, text } = await app.merchant.chargeNext(given.token, { amount: PRICE, options });
  if (status !== 201) throw new Error(`a charge answered ${status}: ${text}`);
  return { ...given, reserved: body.payment_id };
}

/** Two customers with one card. To one of them the bank will say never again. */
interface Shared {
  closing: Series;
  other: Series;
}

async function sharedCard(app: TestApp): Promise<Shared> {
  await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
  await app.control.calm();
  const [closing, other] = [await seriesOf(app, {}), await seriesOf(app, {})];
  const match = { initiator: 'merchant', amount: { min: CLOSING, max: CLOSING } };
  await app.control.arm({ kind: 'decline', params: { code: '41' }, match, times: 10 });
  return { closing, other };
}

const CLOSING = 4_100;
const closes: Operation<Shared> = {
  name: 'a decline that closes the card',
  run: (at, { closing }) => charges('', 'with its own key', CLOSING).run(at, closing),
};
const otherCharge: Operation<Shared> = {
  name: 'a charge of another customer with that card',
  run: (at, { other }) => charge.run(at, other),
};

onEveryGround('mandates and subscriptions', () => {
  racePairs<Series>({
    name: 'a mandate of which one charge is left',
    given: oneLeft,
    operations: [charge, sameCharge, revokes, ends, removes, deletes, replaces],
    meeting: [charge, replaces],
    // The card was accepted before the last day passed and is told after it: the new mandate ends as the old one did.
    alsoRight: /^mandates ended expired, ended expired/,
    ...about,
  });

  racePairs<Series>({
    name: 'a mandate of which no charge is left',
    given: noneLeft,
    operations: [charge, gives, replaces, revokes],
    meeting: [gives],
    ...about,
  });

  const cancels = acts('cancel');
  racePairs<Series>({
    name: 'a due date that has come',
    given: dueSeries,
    operations: [passes, charge, acts('pause'), cancels, revokes, reprices, removes, deletes, replaces],
    meeting: [passes],
    ...about,
  });

  racePairs<Series>({
    name: 'a due date that the merchant charges',
    given: dueSeries,
    operations: [charge, acts('pause'), cancels, replaces],
    meeting: [charge],
    ...about,
  });

  racePairs<Shared>({
    name: 'a card that two customers have',
    given: sharedCard,
    operations: [closes, otherCharge],
    // Both were under way before the bank said anything: what it says of the card stops what begins after it.
    alsoRight: /charges released 4100, released 4100;/,
    async stands(app, { closing, other }) {
      return `${await seriesStands(app, closing)}; and ${await seriesStands(app, other)}`;
    },
    isOpen: async (app, { closing, other }) => (await about.isOpen(app, closing)) || (await about.isOpen(app, other)),
  });
});
