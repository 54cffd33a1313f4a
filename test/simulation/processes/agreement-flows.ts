/**
 * What the shop does whose clock is moved while servers die: charges under limits, side by side; subscriptions that charge by
 * themselves; and somebody who moves the clock on by days.
 */
import { cards, Payer } from '../../support/payer.ts';
import { declinesCharges } from '../../support/test-cards.ts';
import { type Lane, MOST, post, read, see } from './lane.ts';
import { payPatiently } from './patient-client.ts';

/** Together with the cadence they bound what one move of the clock has to charge, so that its client need not wait long. */
const MOST_SUBSCRIPTIONS = 8;
const MOST_DAYS = 60;
const DAYS_AGREED = 6;
const DAY_MS = 86_400_000;

/** The lane at the other shop: same network, same draws. */
function there(lane: Lane): Lane {
  return { ...lane, merchant: lane.calendarMerchant };
}

/** Three charges at most under one agreement, two of them a day; four are tried at once. */
export async function chargeUnderLimits(lane: Lane): Promise<void> {
  const shop = there(lane);
  const mandate_options = { max_occurrences: 3, period_limits: [{ period: 'day', max_count: 2 }] };
  const token = lane.draws.chance(0.5) ? lane.limited.at(-1) : undefined;
  const series = token ?? (await begin(shop, { mandate_options }));
  if (series?.mandate_id === undefined) return;
  if (token === undefined) lane.limited.push(series);
  const { customer_id, payment_method_id, mandate_id } = series;
  const options = { customer_id, payment_method_id, mandate_id };
  const charging = Array.from({ length: 4 }, async () => {
    const body = { type: 'next_in_series', amount: lane.draws.between(100, MOST), currency: 'ZAR', options };
    const reply = await post(shop, '/collect/payment_sessions', body);
    if (reply.status === 201) lane.journal.session(reply.body);
    lane.journal.count(`limited: ${reply.status === 201 ? reply.body.payment_outcome : reply.body.code}`);
    if (![201, 409, 422].includes(reply.status))
      lane.patience.findings.push(`a charge under limits answered ${reply.status}: ${reply.text}`);
  });
  lane.later(Promise.all(charging));
  await Promise.race([Promise.all(charging), new Promise((resolve) => setTimeout(resolve, 3_000).unref())]);
}

/** A subscription of a few days; some cards are refused whenever their payer is not there. */
export async function subscribe(lane: Lane): Promise<void> {
  if ((lane.journal.counts.subscriptions ?? 0) >= MOST_SUBSCRIPTIONS) return moveClock(lane);
  lane.journal.count('subscriptions');
  const shop = there(lane);
  const { now } = await read(shop, '/collect/test/clock');
  const end_date = new Date(Date.parse(now) + DAYS_AGREED * DAY_MS).toISOString().slice(0, 10);
  const type = lane.draws.pick(['scheduled', 'on_demand']);
  const mandate_options = { type, recurrence: { type: 'daily' }, validity_period: { end_date } };
  const card = lane.draws.chance(0.2) ? declinesCharges('visa', '51') : cards.approved;
  const begun = await begin(shop, { mandate_options, subscription_options: {} }, card);
  if (begun?.subscription_id !== undefined) lane.journal.created.add(begun.subscription_id);
}

/** Moves the shop's clock on and notes what was answered: time never goes back, and what was paid stays paid. */
export async function moveClock(lane: Lane): Promise<void> {
  const { journal } = lane;
  if ((journal.counts['days moved'] ?? 0) >= MOST_DAYS) return chargeUnderLimits(lane);
  const days = lane.draws.between(1, 3);
  for (let day = 0; day < days; day++) journal.count('days moved');
  const reply = await post(there(lane), '/collect/test/clock/advance', { seconds: (days * DAY_MS) / 1000 });
  if (reply.status !== 200)
    return void lane.patience.findings.push(`the clock answered ${reply.status}: ${reply.text}`);
  journal.clockAt = Math.max(journal.clockAt, Date.parse(reply.body.now));
  const { data } = await read(there(lane), '/collect/subscriptions?limit=100');
  for (const { id } of data) {
    const due = await read(there(lane), `/collect/subscriptions/${id}/charges?limit=100`);
    for (const one of due.data) if (one.status === 'paid') journal.paidDueDates.add(`${id} ${one.due_date}`);
  }
}

/** The first payment of a series; undefined when the clock went on past its page meanwhile. */
async function begin(shop: Lane, series: Record<string, unknown>, card: string = cards.approved) {
  const options = { customer: { name: 'Lindiwe' }, ...series };
  const body = { type: 'first_in_series', amount: MOST, currency: 'ZAR', options };
  const reply = await post(shop, '/collect/payment_sessions', body);
  if (reply.status !== 201) {
    // The clock went on past the last day that was asked for.
    if (reply.body.code !== 'invalid_request') throw new Error(`a series answered ${reply.status}: ${reply.text}`);
    return undefined;
  }
  shop.journal.session(reply.body);
  await payPatiently(new Payer(shop.merchant.url), { session: reply.body, card }, shop.patience);
  return see(shop, reply.body);
}
