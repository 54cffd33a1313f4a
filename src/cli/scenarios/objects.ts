/** Scenarios of the things beside payments: customers, saved cards and webhook endpoints, made, changed and taken away. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhooks } from '../../../sdk/src/tender.ts';
import { CARDS } from './paying.ts';
import type { Play } from './play.ts';
import { PAID, PAID_EVENTS, type Scenario } from './scenario.ts';

export const objects: readonly Scenario[] = [
  {
    name: 'customer-changed',
    area: 'Objects',
    summary: 'A customer is created, changed and deleted.',
    emits: ['customer.created', 'customer.updated', 'customer.deleted'],
    async steps(play) {
      const { id } = play.made(await play.tender.customers.create({ name: 'Amara Okafor' }));
      await play.tender.customers.update(id, { email: 'amara@example.com' });
      await play.tender.customers.delete(id);
    },
  },
  {
    name: 'card-removed',
    area: 'Objects',
    summary: 'A customer removes a saved card.',
    emits: ['customer.created', ...PAID_EVENTS, 'payment_method.saved', 'payment_method.removed'],
    async steps(play) {
      const checkout_options = { save_payment_method: 'always' } as const;
      const session = await play.session({ options: { customer: { name: 'Amara Okafor' }, checkout_options } });
      await play.pays(session, CARDS.approved);
      const { payment_method_id = '' } = await play.ends(session, PAID);
      await play.tender.paymentMethods.remove(payment_method_id);
    },
  },
  {
    name: 'session-changed',
    area: 'Objects',
    summary: 'The shop changes the amount of a session that nobody has tried to pay.',
    emits: ['payment_session.created', 'payment_session.updated'],
    async steps(play) {
      const session = await play.session();
      await play.tender.paymentSessions.update(session.id, { amount: session.amount + 100 });
    },
  },
  {
    name: 'endpoint-pinged',
    area: 'Objects',
    summary:
      'A webhook endpoint on this machine is made, pinged and deleted; the ping arrives and its signature is right.',
    emits: [
      'webhook_endpoint.created',
      'webhook_endpoint.updated',
      'webhook_endpoint.ping',
      'webhook_endpoint.deleted',
    ],
    async steps(play) {
      const receiver = await receiverAnswering(play, 204);
      const { id, secret } = play.made(
        await play.tender.webhookEndpoints.create({ url: receiver.url, event_types: ['webhook_endpoint.ping'] }),
      );
      await play.tender.webhookEndpoints.update(id, { description: 'tender trigger' });
      await play.tender.webhookEndpoints.ping(id);
      const [first] = await play.until('the ping arrived', async () =>
        receiver.got.length > 0 ? receiver.got : undefined,
      );
      const { type } = await webhooks.verify(first!.body, first!.headers, secret, {
        nowMs: play.stage.nowMs(),
      });
      play.holds(type === 'webhook_endpoint.ping', 'what arrived is the ping');
      await play.tender.webhookEndpoints.delete(id);
    },
  },
  {
    name: 'endpoint-disabled',
    area: 'Objects',
    summary: 'A webhook endpoint on this machine answers that it is gone, and is switched off.',
    emits: [
      'webhook_endpoint.created',
      'webhook_endpoint.ping',
      'webhook_endpoint.disabled',
      'webhook_endpoint.deleted',
    ],
    async steps(play) {
      const receiver = await receiverAnswering(play, 410);
      const { id } = play.made(
        await play.tender.webhookEndpoints.create({ url: receiver.url, event_types: ['webhook_endpoint.ping'] }),
      );
      await play.tender.webhookEndpoints.ping(id);
      await play.until('the endpoint was switched off', async () => {
        const { enabled } = await play.tender.webhookEndpoints.get(id);
        return enabled ? undefined : true;
      });
      await play.tender.webhookEndpoints.delete(id);
    },
  },
];

interface Receiver {
  url: string;
  got: { body: Buffer; headers: IncomingMessage['headers'] }[];
}

/** A receiver on this machine for as long as the scenario lasts. Only a server on this machine can reach it. */
async function receiverAnswering(play: Play, status: number): Promise<Receiver> {
  const got: Receiver['got'] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    got.push({ body: Buffer.concat(chunks), headers: request.headers });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  play.atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got };
}
