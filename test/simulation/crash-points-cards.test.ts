/** What a bank says about a card, stopped at any point: the block, the hold and the new number are there with the answer or not at all. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { declinesCharges, inFamily } from '../support/test-cards.ts';
import { type Flow, sweepThird } from './crash-points.ts';

interface Given {
  token: Json;
  key: string;
}

const on =
  (card: string) =>
  async (app: TestApp): Promise<Given> => {
    const { status } = await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
    assert.equal(status, 204);
    return { token: await paidSeries(app, {}, card), key: randomUUID() };
  };

const charge = (app: TestApp, { token, key }: Given) => {
  const { customer_id, payment_method_id, mandate_id } = token;
  return app.merchant.chargeNext(token, { options: { customer_id, payment_method_id, mandate_id } }, { key });
};

/** The session of the disturbed try as it stands now: its kept answer may be older than its end. */
async function chargedBefore(app: TestApp, given: Given): Promise<Json> {
  const { status, body } = await charge(app, given);
  assert.equal(status, 201);
  return app.merchant.session(body.id);
}

async function sentFor(app: TestApp, session: Json): Promise<number> {
  return (await app.control.book()).filter((row) => row.reference === session.payment_id).length;
}

const flows: Flow<Given>[] = [
  {
    name: 'a charge after which the card is blocked',
    given: on(declinesCharges('visa', '43')),
    run: charge,
    async after(app, given) {
      const first = await chargedBefore(app, given);
      assert.equal(first.payment_outcome, 'unpaid');
      if ((await sentFor(app, first)) === 0) {
        // Proven never to have arrived: then no bank has spoken.
        assert.equal(first.last_payment_error.decline_code, 'processor_unavailable');
        return;
      }
      const next = await charge(app, { ...given, key: randomUUID() });
      assert.deepEqual([next.status, next.body.rule], [422, 'visa.never'], next.text);
    },
  },
  {
    name: 'a charge that withdraws consent',
    given: on(declinesCharges('visa', 'R1')),
    run: charge,
    async after(app, given) {
      const first = await chargedBefore(app, given);
      const { status } = (await app.merchant.call('GET', `/collect/mandates/${given.token.mandate_id}`)).body;
      assert.equal(status, (await sentFor(app, first)) === 0 ? 'active' : 'revoked');
    },
  },
  {
    name: 'a charge that brings a new number',
    given: on(inFamily('visa', '95', '010')),
    run: charge,
    async after(app, given) {
      const first = await chargedBefore(app, given);
      const { card, id } = (await app.merchant.call('GET', `/collect/payment_methods/${given.token.payment_method_id}`))
        .body;
      assert.equal(card.fingerprint === id, first.payment_outcome === 'paid');
      assert.equal((await charge(app, { ...given, key: randomUUID() })).body.payment_outcome, 'paid');
    },
  },
];

sweepThird(flows);
