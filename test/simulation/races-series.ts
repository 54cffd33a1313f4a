/** What can happen to a mandate, its card and its subscription, as operations that races are made of. */
import { randomUUID } from 'node:crypto';
import { must } from '../../src/lib/assert.ts';
import { DAY } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import type { Page, Payer } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { act, subscriptionOf } from '../support/subscriptions.ts';
import { doesDuty, told } from './races-sight.ts';
import type { Ground, Operation } from './races-table.ts';

export const PRICE = 10_000;
export const NEW_PRICE = 12_000;
const OTHER_CARD = '4000000000000077';

export interface Series {
  token: Json;
  /** The idempotency key of whoever repeats a request. */
  key: string;
  /** For the payer who brings another card: a browser for each process, its page open since before the race. */
  browsers: ReadonlyMap<string, { payer: Payer; page: Page; session: Json }>;
  /** A charge of the series that was made before, and not captured. */
  reserved?: string;
}

const CHARGES = 'charge for subscriptions';

export const isoDay = (at: TestApp, days: number): string =>
  new Date(at.clock.now() + days * DAY).toISOString().slice(0, 10);

/** A series as its first payment begins it. */
export async function seriesOf(app: TestApp, options: Json): Promise<Series> {
  const token = await paidSeries(app, { options: { customer: { name: 'Thandi' }, ...options } });
  return { token, key: randomUUID(), browsers: new Map() };
}

/** With a page for another card, open at both processes, where one of the pair brings that. */
export async function withPages(
  given: Series,
  pair: readonly Operation<Series>[],
  at: readonly TestApp[],
): Promise<Series> {
  if (!pair.includes(replaces)) return given;
  const { customer_id, mandate_id } = given.token;
  const options = { customer_id, mandate_options: { replaces_mandate_id: mandate_id } };
  const session = await at[0]!.merchant.createSession({ type: 'first_in_series', amount: 0, options });
  const browsers = new Map<string, { payer: Payer; page: Page; session: Json }>();
  for (const { url, payer } of at) {
    const browser = payer.another();
    const page = await browser.open(session);
    if (page.state === 'expired') throw new Error('the page for another card is too old');
    browsers.set(url, { payer: browser, session, page });
  }
  return { ...given, browsers };
}

/** A subscription whose first due date has come this moment; the next one is far. Those of other races are over. */
export async function dueSeries(app: TestApp, beside: TestApp, pair: readonly Operation<Series>[]): Promise<Series> {
  const left = await app.database.query<{ id: string }>(
    `select id from subscriptions where status in ('active', 'past_due', 'paused')`,
  );
  for (const { id } of left) await act(beside, id, 'cancel');
  const day = Number(isoDay(app, 1).slice(8));
  const recurrence = { type: 'monthly', on: { type: 'day_of_month', days: [day] } };
  const mandate_options = { type: 'scheduled', amount: { min: 1, max: NEW_PRICE }, recurrence };
  const given = await seriesOf(app, { mandate_options, subscription_options: { amount: PRICE } });
  const { next_charge_at } = await subscriptionOf(app, given.token.subscription_id);
  app.clock.advance(Date.parse(next_charge_at) - app.clock.now());
  return withPages(given, pair, [app, beside]);
}

/** In the words of the table. Pending: the clock ran on, and the client was answered before its charge was. */
const BECAME: Readonly<Record<string, string>> = { paid: 'done', unpaid: 'not done', pending: 'under way' };

/** The merchant's own charge, of a mandate that is named. */
export const charges = (
  name: string,
  repeated: 'with one key' | 'with its own key',
  amount = PRICE,
): Operation<Series> => ({
  name,
  async run(at, { token, key }) {
    const { customer_id, payment_method_id, mandate_id } = token;
    const options = { customer_id, payment_method_id, mandate_id };
    const call = repeated === 'with one key' ? { key } : {};
    const reply = await at.merchant.chargeNext(token, { amount, options }, call);
    return reply.status === 201 ? (BECAME[reply.body.payment_outcome] ?? reply.text) : told(reply);
  },
});

/** The worker charges what is due. */
export const passes: Operation<Series> = {
  name: 'pass',
  async run(at) {
    await doesDuty(at, CHARGES);
    return '';
  },
};

const asks = (name: string, ask: (at: TestApp, token: Json) => Promise<{ status: number; body: Json }>) => ({
  name,
  run: async (at: TestApp, { token }: Series) => told(await ask(at, token)),
});

export const revokes: Operation<Series> = asks('revoke', (at, { mandate_id }) =>
  at.merchant.call('POST', `/collect/mandates/${mandate_id}/revoke`, {}),
);

export const removes: Operation<Series> = asks('remove the method', (at, { payment_method_id }) =>
  at.merchant.call('DELETE', `/collect/payment_methods/${payment_method_id}`),
);

export const deletes: Operation<Series> = asks('delete the customer', (at, { customer_id }) =>
  at.merchant.call('DELETE', `/collect/customers/${customer_id}`),
);

export const acts = (action: 'pause' | 'resume' | 'cancel'): Operation<Series> =>
  asks(action, (at, { subscription_id }) => act(at, subscription_id, action));

export const reprices: Operation<Series> = asks('another price', (at, { subscription_id }) =>
  at.merchant.call('PATCH', `/collect/subscriptions/${subscription_id}`, { amount: NEW_PRICE }),
);

/** The payer brings another card. What the page shows meanwhile is told by no promise but this: it is shown. */
export const replaces: Operation<Series> = {
  name: 'another card',
  async run(at, { browsers }) {
    const { payer, session, page } = must(browsers.get(at.url), 'a browser at each process');
    const shown = await payer.submit(session, page, OTHER_CARD);
    if (shown.status >= 500) throw new Error(`the payer sees an error: ${shown.status}`);
    return '';
  },
};

/** The last day passes, and the worker looks. */
export const ends: Operation<Series> = {
  name: 'its last day passes',
  async run(at) {
    at.clock.advance(DAY);
    await doesDuty(at, 'end mandates');
    return '';
  },
};

/** The charge that was made before is given back whole. */
export const gives: Operation<Series> = {
  name: 'void what was taken before',
  async run(at, { reserved }) {
    const reply = await at.merchant.call('POST', `/collect/payments/${reserved}/voids`);
    return told(reply);
  },
};

interface Line {
  line: string;
}

/** Mandates of the series, what was taken under them, its card and its subscription with its due dates; without ids and times. */
export async function seriesStands(app: TestApp, { token }: Series): Promise<string> {
  const [row] = await app.database.query<Line>(
    `select 'mandates ' || (select string_agg(m.status || coalesce(' ' || m.status_reason, '') || coalesce(' but ' || (m.charge_hold ->> 'rule'), ''), ', ' order by m.replaces_mandate_id is not null) from mandates m
         where m.tenant_id = f.tenant_id and m.series_id = f.id)
       || '; method ' || (select status from payment_methods p where p.tenant_id = f.tenant_id and p.id = f.payment_method_id)
       || '; taken ' || coalesce((select u.counted_count || ' of ' || u.counted_amount || ', open ' || u.open_count from mandate_usage u
         where u.tenant_id = f.tenant_id and u.series_id = f.id), 'uncounted')
       || '; charges ' || coalesce((select string_agg(c.state || ' ' || c.amount, ', ' order by c.state, c.amount) from mandate_charges c
         where c.tenant_id = f.tenant_id and c.series_id = f.id), 'none')
       || coalesce('; subscription ' || (select s.status || coalesce(' ' || s.status_reason, '') || ' at ' || s.amount || ' with '
         || coalesce((select string_agg(d.status || coalesce(' ' || d.reason, '') || ' ' || d.amount || ' after ' || d.attempts, ', '
           order by d.due_date) from subscription_charges d where d.tenant_id = s.tenant_id and d.subscription_id = s.id), 'nothing')
         from subscriptions s where s.tenant_id = f.tenant_id and s.id = f.subscription_id), '') as line
     from mandates f where f.id = $1`,
    [token.mandate_id],
  );
  return must(row, 'the mandate of a series').line;
}

export const about = {
  stands: seriesStands,
  async isOpen(app, { token }) {
    const open = `select 1 from attempts a join mandates m on m.tenant_id = a.tenant_id and m.id = a.mandate_id
      where m.series_id = $1 and a.settled_at is null`;
    return (await app.database.query(open, [token.mandate_id])).length > 0;
  },
} satisfies Partial<Ground<Series>>;
