/** Crash points of telling: numbering events and delivering them, to a receiver that answers and to one that fails first; recovering. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { MINUTE } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { type Flow, sweepThird } from './crash-points.ts';
import { doesDuty } from './races-sight.ts';

let receiver: Receiver;
before(async () => {
  // Closed below: a hook set within a hook would belong to that one.
  receiver = await startReceiver({ after: () => undefined });
});
after(() => receiver.close());

const endpoint = async (app: TestApp): Promise<Json> =>
  (await app.merchant.call('POST', '/collect/webhook_endpoints', { url: receiver.url })).body;

async function renamedCustomer(app: TestApp): Promise<Json> {
  const customer = (await app.merchant.call('POST', '/collect/customers', { name: 'Thandi' })).body;
  await app.merchant.call('PATCH', `/collect/customers/${customer.id}`, { name: 'Thandi M.' });
  return customer;
}

async function later(app: TestApp): Promise<void> {
  app.clock.advance(MINUTE);
  await app.runDue();
}

/** Told at least once, and in the order of its versions however often. */
async function toldInOrder(customer: Json): Promise<void> {
  const told = receiver.received.filter((one) => one.event.data.id === customer.id);
  const types = [...new Set(told.map((one) => one.event.type))];
  assert.deepEqual(types, ['customer.created', 'customer.updated']);
  assert.equal(told.at(-1)!.event.data.name, 'Thandi M.');
}

function delivery(name: string, failures: number): Flow {
  return {
    name,
    base: endpoint,
    async given(app) {
      await later(app);
      const first = receiver.received.length;
      receiver.reply((_, response, nth) => void response.writeHead(nth <= first + failures ? 500 : 200).end());
      return renamedCustomer(app);
    },
    async run(app) {
      await doesDuty(app, 'number events');
      await doesDuty(app, 'deliver events');
    },
    async meanwhile(app) {
      for (let n = 0; n < 3; n++) await later(app);
      app.clock.advance(6 * MINUTE);
      await app.runDue();
    },
    after: (_, customer) => toldInOrder(customer),
  };
}

/** What the endpoint was never sent, for it was off: asked for, and asked for again with the same key by a client that heard nothing. */
const recovery: Flow = {
  name: 'recovery',
  every: process.env.TENDER_MOMENTS === 'all' ? 1 : 10,
  base: endpoint,
  async given(app, { id }) {
    await later(app);
    receiver.reply((_, response) => void response.end());
    const enabled = (on: boolean) => app.merchant.call('PATCH', `/collect/webhook_endpoints/${id}`, { enabled: on });
    await enabled(false);
    const since = new Date(app.clock.now()).toISOString();
    const customer = await renamedCustomer(app);
    await later(app);
    await enabled(true);
    return { ...customer, ask: { since }, key: randomUUID() };
  },
  async run(app, { ask, key }, { id }) {
    await app.merchant.call('POST', `/collect/webhook_endpoints/${id}/recover`, ask, { key });
    await doesDuty(app, 'recover endpoints');
    await doesDuty(app, 'deliver events');
  },
  async after(app, given, { id }) {
    const { ask, key } = given;
    const reply = await app.merchant.call('POST', `/collect/webhook_endpoints/${id}/recover`, ask, { key });
    assert.equal(reply.status, 202, reply.text);
    for (let n = 0; n < 2; n++) await later(app);
    await toldInOrder(given);
  },
};

sweepThird([delivery('delivery', 0), delivery('delivery, failing first', 1), recovery]);
