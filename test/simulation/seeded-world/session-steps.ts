/** What a merchant does with sessions, series and customers, the illegal included. */
import { DAY, MINUTE, plus, toIso } from '../../../src/lib/time.ts';
import type { SeenSession } from './sight.ts';
import type { Step } from './steps.ts';
import { inShort, type World } from './world.ts';

const CURRENCIES = ['ZAR', 'ZAR', 'ZAR', 'JPY', 'KWD'] as const;

const create: Step = {
  name: 'create',
  weight: 22,
  async run(world) {
    const { draws } = world;
    const type = draws.chance(0.35) ? 'first_in_series' : 'one_time';
    const amount = draws.chance(0.08) ? 0 : draws.between(1, draws.chance(0.2) ? 5_000_000 : 5_000);
    const currency = draws.pick(CURRENCIES);
    const options: Record<string, unknown> = {};
    const known = world.now.customers.filter((one) => !one.deleted);
    if (known.length > 0 && draws.chance(0.4)) options.customer_id = draws.pick(known).id;
    else if (type === 'first_in_series' || draws.chance(0.2)) options.customer = { name: 'Thandi' };
    if (draws.chance(0.4)) options.payment_method_options = { card: { capture_method: 'manual' } };
    const checkout: Record<string, unknown> = {};
    if (type === 'one_time' && draws.chance(0.4)) checkout.save_payment_method = draws.pick(['prompt', 'always']);
    if (draws.chance(0.3)) {
      const ahead = draws.pick([6 * MINUTE, 30 * MINUTE, 2 * DAY, 20 * DAY]);
      checkout.expires_at = toIso(plus(world.stage.app.clock.now(), ahead));
    }
    if (Object.keys(checkout).length > 0) options.checkout_options = checkout;
    const manual = options.payment_method_options === undefined ? '' : ', manual capture';
    const what = `creates ${type} of ${amount} ${currency}${manual}`;
    const reply = await world.post('/collect/payment_sessions', { amount, currency, type, options }, what);
    if (reply !== undefined) world.must(reply.status === 201, `${what} answered ${inShort(reply)}`);
    return `${what} → ${inShort(reply)}`;
  },
};

const createWrongly: Step = {
  name: 'create wrongly',
  weight: 1,
  async run(world) {
    const wrong = world.draws.pick([
      { body: { amount: -1, currency: 'ZAR' }, status: 400 },
      { body: { amount: 1.5, currency: 'ZAR' }, status: 400 },
      { body: { amount: 100, currency: 'ZZZ' }, status: 400 },
      { body: { amount: 100, currency: 'ZAR', type: 'first_in_series' }, status: 400 },
      { body: { amount: 100, currency: 'ZAR', options: { customer_id: `cus_${'0'.repeat(24)}` } }, status: 404 },
    ]);
    const what = `creates wrongly ${JSON.stringify(wrong.body)}`;
    const reply = await world.post('/collect/payment_sessions', wrong.body, what);
    if (reply !== undefined) world.must(reply.status === wrong.status, `${what} answered ${inShort(reply)}`);
    return `${what} → ${inShort(reply)}`;
  },
};

const charge: Step = {
  name: 'next in series',
  weight: 10,
  async run(world) {
    const { draws, now } = world;
    if (now.mandates.length === 0) return undefined;
    const mandate = draws.pick(now.mandates);
    const most = mandate.max_amount ?? 5_000;
    const amount = draws.chance(0.15) ? most + draws.between(1, 50) : draws.between(1, most);
    const manual = draws.chance(0.3) ? { payment_method_options: { card: { capture_method: 'manual' } } } : {};
    const options = {
      customer_id: mandate.customer_id,
      payment_method_id: mandate.payment_method_id,
      mandate_id: mandate.id,
      ...manual,
    };
    const what = `charges ${amount} ${mandate.currency} under ${world.names.of('mandate', mandate.id)}${'payment_method_options' in manual ? ', manual capture' : ''}`;
    const before = world.stage.posts;
    const body = { amount, currency: mandate.currency, type: 'next_in_series', options };
    const reply = await world.post('/collect/payment_sessions', body, what);
    if (reply === undefined) return `${what} → no answer`;
    const allowed = mandate.status === 'active' && (mandate.max_amount === null || amount <= mandate.max_amount);
    // A card may have expired with the clock, which the mandate's own facts do not say.
    if (!allowed) world.must(reply.status >= 400, `${what}, which is forbidden, answered ${inShort(reply)}`);
    if (reply.status >= 400)
      world.must(world.stage.posts === before, `${what} was refused, and the processor was called`);
    return `${what} → ${inShort(reply)}`;
  },
};

const cancel: Step = {
  name: 'cancel',
  weight: 5,
  async run(world) {
    const session = anySession(world, 0.8);
    if (session === undefined) return undefined;
    const what = `cancels ${world.name(session)}`;
    const reply = await world.post(`/collect/payment_sessions/${session.id}/cancel`, undefined, what);
    if (reply !== undefined && session.status !== 'active') {
      const right = session.status === 'cancelled' ? 200 : 409;
      world.must(reply.status === right, `${what}, which is ${session.status}, answered ${inShort(reply)}`);
    }
    if (reply?.status === 200) world.must(world.open(session).length === 0, `${what} while an attempt was open`);
    return `${what} → ${inShort(reply)}`;
  },
};

const patch: Step = {
  name: 'patch',
  weight: 4,
  async run(world) {
    const { draws } = world;
    const session = anySession(world, 0.7);
    if (session === undefined) return undefined;
    const body = draws.chance(0.5)
      ? { amount: draws.between(1, 5_000) }
      : { metadata: { n: String(draws.below(100)) } };
    const what = `patches ${world.name(session)} with ${JSON.stringify(body)}`;
    const reply = await world.ask({
      method: 'PATCH',
      path: `/collect/payment_sessions/${session.id}`,
      body,
      key: world.key(),
      what,
    });
    if (reply?.status === 200 && 'amount' in body)
      world.must(session.payment_id === null || session.amount === body.amount, `${what} after it was attempted`);
    return `${what} → ${inShort(reply)}`;
  },
};

const revoke: Step = {
  name: 'revoke',
  weight: 2,
  async run(world) {
    if (world.now.mandates.length === 0) return undefined;
    const mandate = world.draws.pick(world.now.mandates);
    const what = `revokes ${world.names.of('mandate', mandate.id)}`;
    const reply = await world.post(`/collect/mandates/${mandate.id}/revoke`, {}, what);
    return `${what} → ${inShort(reply)}`;
  },
};

const removeMethod: Step = {
  name: 'remove method',
  weight: 1,
  async run(world) {
    const used = world.now.sessions.filter((one) => one.payment_method_id !== null);
    if (used.length === 0) return undefined;
    const session = world.draws.pick(used);
    const what = `removes the method of ${world.name(session)}`;
    const path = `/collect/payment_methods/${session.payment_method_id}`;
    const reply = await world.once('DELETE', path);
    return `${what} → ${inShort(reply)}`;
  },
};

const removeCustomer: Step = {
  name: 'remove customer',
  weight: 1,
  async run(world) {
    const known = world.now.customers.filter((one) => !one.deleted);
    if (known.length < 3) return undefined;
    const customer = world.draws.pick(known);
    const reply = await world.once('DELETE', `/collect/customers/${customer.id}`);
    return `deletes ${world.names.of('customer', customer.id)} → ${inShort(reply)}`;
  },
};

/** Mostly one that is still open. */
export function anySession(world: World, active: number): SeenSession | undefined {
  const { sessions } = world.now;
  const open = sessions.filter((one) => one.status === 'active');
  if (sessions.length === 0) return undefined;
  return open.length > 0 && world.draws.chance(active) ? world.draws.pick(open) : world.draws.pick(sessions);
}

export const SESSION_STEPS: readonly Step[] = [
  create,
  createWrongly,
  charge,
  cancel,
  patch,
  revoke,
  removeMethod,
  removeCustomer,
];
