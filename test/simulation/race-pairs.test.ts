/** All pairs of what can happen to a session and its page, and to a series that is charged without its payer. */
import { randomUUID } from 'node:crypto';
import { SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import {
  about,
  approvesAtBank,
  cancels,
  checks,
  expires,
  isTold,
  leaves,
  type OnPage,
  openPages,
  patches,
  payerCancels,
  pays,
  returns,
  syncs,
  tooLate,
} from './races-pages.ts';
import { newestKey, told } from './races-sight.ts';
import { type Operation, onEveryGround, racePairs } from './races-table.ts';

interface Series {
  token: Json;
  key: string;
}

const charges = (name: string, withTheKey: boolean): Operation<Series> => ({
  name,
  async run(at, { token, key }) {
    const reply = await at.merchant.chargeNext(token, {}, withTheKey ? { key } : {});
    return reply.status === 201 ? reply.body.payment_outcome : told(reply);
  },
});

onEveryGround('sessions, their pages and series', () => {
  racePairs<OnPage>({
    name: 'a page that is open in two browsers',
    given: openPages,
    operations: [pays, cancels, payerCancels, expires, patches, isTold],
    ...about,
  });

  racePairs<OnPage>({
    name: 'a payment whose answer was lost',
    async given(app, beside, pair) {
      const given = await openPages(app, beside, pair);
      await app.control.arm({ kind: 'answer_lost' });
      await app.payer.another().pays(given.session, cards.approved);
      app.clock.advance(3 * SECOND);
      return { ...given, key: await newestKey(app, given.session.id) };
    },
    operations: [isTold, returns, checks, syncs, pays, cancels, expires],
    ...about,
  });

  racePairs<OnPage>({
    name: 'a payment whose payer is at the bank',
    async given(app, beside, pair) {
      const given = await openPages(app, beside, pair);
      await app.payer.another().pays(given.session, cards.challenge);
      return { ...given, key: await newestKey(app, given.session.id) };
    },
    operations: [approvesAtBank, leaves, tooLate, isTold, pays, cancels],
    ...about,
  });

  racePairs<Series>({
    name: 'a series',
    given: async (app) => ({ token: await paidSeries(app), key: randomUUID() }),
    operations: [
      charges('charge', false),
      charges('charge with one key', true),
      {
        name: 'revoke',
        run: async (at, { token }) =>
          told(await at.merchant.call('POST', `/collect/mandates/${token.mandate_id}/revoke`, {})),
      },
      {
        name: 'remove the method',
        run: async (at, { token }) =>
          told(await at.merchant.call('DELETE', `/collect/payment_methods/${token.payment_method_id}`)),
      },
    ],
    stands: (app, { token }) => seriesStands(app, token),
    isOpen: async (app, { token }) => {
      const open = 'select 1 from attempts where mandate_id = $1 and settled_at is null';
      return (await app.database.query(open, [token.mandate_id])).length > 0;
    },
  });
});

async function seriesStands(app: TestApp, token: Json): Promise<string> {
  const [row] = await app.database.query<{ line: string }>(
    `select m.status || ', method ' || p.status || ', charges: ' || coalesce((select string_agg(s.payment_outcome, ', ')
       from payment_sessions s where s.tenant_id = m.tenant_id and s.mandate_id = m.id and s.type = 'next_in_series'), 'none') as line
     from mandates m join payment_methods p on p.tenant_id = m.tenant_id and p.id = m.payment_method_id where m.id = $1`,
    [token.mandate_id],
  );
  return `mandate ${row?.line}`;
}
