/**
 * Every flow is stopped before and after each of its statements and each of its outbound calls, once for good and once as a
 * mere hiccup. Then a new process takes over, time passes, due work is done, and the world must be sound.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { BreakingPoint, type Moment } from './breaking-point.ts';
import { violations } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

interface Flow<Given = Json> {
  name: string;
  /** Once for the flow: what it builds on. */
  base?(app: TestApp): Promise<Json>;
  /** Before each point, undisturbed. */
  given?(app: TestApp, base: Json): Promise<Given>;
  /** What is disturbed. */
  run(app: TestApp, given: Given, base: Json): Promise<unknown>;
  /** The client's next try after everything is quiet, and what it must find. */
  after?(app: TestApp, given: Given, base: Json): Promise<void>;
}

const openSession = (app: TestApp): Promise<Json> => app.merchant.createSession();
const firstInSeries = { type: 'first_in_series', options: { customer: { name: 'Thandi' } } };
const next = { amount: 10_000, currency: 'ZAR', type: 'next_in_series' };

async function paidSeries(app: TestApp): Promise<Json> {
  const session = await app.merchant.createSession(firstInSeries);
  await app.payer.pays(session, cards.approved);
  return app.merchant.session(session.id);
}

async function mayStillBePaid(app: TestApp, session: Json): Promise<void> {
  const now = await app.merchant.session(session.id);
  if (now.status === 'active') await app.payer.another().pays(session, cards.approved);
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
}

async function atTheBank(app: TestApp): Promise<Json> {
  const session = await app.merchant.createSession();
  assert.equal((await app.payer.pays(session, cards.challenge)).state, 'three_ds');
  return session;
}

function challenge(decision: 'approve' | 'decline' | 'abandon'): Flow {
  return {
    name: `3-D Secure, ${decision}`,
    given: atTheBank,
    run: (app, session) => app.payer.decidesAtBank(session, decision),
    after: mayStillBePaid,
  };
}

function saving(choice: 'prompt' | 'always'): Flow {
  return {
    name: `save, ${choice}`,
    base: async (app) => (await app.merchant.call('POST', '/collect/customers', { name: 'Sipho' })).body,
    given: (app, customer) =>
      app.merchant.createSession({
        options: { customer_id: customer.id, checkout_options: { save_payment_method: choice } },
      }),
    run: (app, session) => app.payer.pays(session, cards.approved, { save_payment_method: 'true' }),
    after: mayStillBePaid,
  };
}

/** A kind of first payment, paid with an ordinary card. */
function paid(name: string, body: Record<string, unknown>): Flow {
  return {
    name,
    given: (app) => app.merchant.createSession(body),
    run: (app, session) => app.payer.pays(session, cards.approved),
    async after(app, session) {
      const now = await app.merchant.session(session.id);
      if (now.status === 'active') await app.payer.another().pays(session, cards.approved);
      assert.equal((await app.merchant.session(session.id)).status, 'completed');
    },
  };
}

const flows: Flow[] = [
  {
    name: 'create',
    given: async () => ({ key: randomUUID() }),
    run: (app, { key }) => app.merchant.createSession({}, { key }),
    async after(app, { key }) {
      const first = await app.merchant.createSession({}, { key });
      assert.equal((await app.merchant.createSession({}, { key })).id, first.id);
    },
  },
  {
    name: 'replay',
    given: async (app) => {
      const key = randomUUID();
      return { key, id: (await app.merchant.createSession({}, { key })).id };
    },
    run: (app, { key }) => app.merchant.createSession({}, { key }),
    async after(app, { key, id }) {
      assert.equal((await app.merchant.createSession({}, { key })).id, id);
    },
  },
  {
    name: 'pay',
    given: openSession,
    run: (app, session) => app.payer.pays(session, cards.approved),
    after: mayStillBePaid,
  },
  {
    name: 'decline',
    given: openSession,
    run: (app, session) => app.payer.pays(session, cards.insufficientFunds),
    after: mayStillBePaid,
  },
  {
    name: 'decline, then pay',
    given: async (app) => {
      const session = await openSession(app);
      await app.payer.pays(session, cards.declined);
      return session;
    },
    run: (app, session) => app.payer.pays(session, cards.approved),
    after: mayStillBePaid,
  },
  challenge('approve'),
  challenge('decline'),
  challenge('abandon'),
  {
    name: '3-D Secure, leave',
    given: atTheBank,
    run: (app, session) => app.payer.act(session, 'leave'),
    after: mayStillBePaid,
  },
  saving('prompt'),
  saving('always'),
  paid('first in series', firstInSeries),
  paid('first in series, nothing charged', { ...firstInSeries, amount: 0 }),
  paid('reserve', { options: { payment_method_options: { card: { capture_method: 'manual' } } } }),
  {
    name: 'recover a lost answer',
    given: async (app) => {
      const session = await openSession(app);
      await app.control.arm({ kind: 'answer_lost' });
      await app.payer.pays(session, cards.approved);
      app.clock.advance(MINUTE);
      return session;
    },
    run: (app) => app.runDue(),
    after: mayStillBePaid,
  },
  {
    name: 'recover what never arrived',
    given: async (app) => {
      const session = await openSession(app);
      await app.control.arm({ kind: 'http_503_before' });
      await app.payer.pays(session, cards.approved);
      app.clock.advance(2 * MINUTE);
      return session;
    },
    run: (app) => app.runDue(),
    after: mayStillBePaid,
  },
  {
    name: 'next in series',
    base: paidSeries,
    given: async () => ({ key: randomUUID() }),
    run: (app, { key }, token) => app.merchant.chargeNext(token, next, { key }),
    async after(app, { key }, token) {
      const before = (await app.control.charged()).length;
      const reply = await app.merchant.chargeNext(token, next, { key });
      assert.equal(reply.status, 201, reply.text);
      const again = await app.merchant.chargeNext(token, next, { key });
      assert.equal(again.body.id, reply.body.id);
      const charged = (await app.control.charged()).filter((row) => row.reference === reply.body.payment_id);
      assert.ok(charged.length <= 1 && (await app.control.charged()).length - before <= 1);
    },
  },
  {
    name: 'expire',
    given: async (app) => {
      const expires_at = new Date(app.clock.now() + HOUR).toISOString();
      const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
      await app.payer.pays(session, cards.declined);
      app.clock.advance(HOUR + MINUTE);
      return session;
    },
    run: (app) => app.runDue(),
    async after(app, session) {
      assert.equal((await app.merchant.session(session.id)).status, 'expired');
    },
  },
  {
    name: 'cancel',
    given: async (app) => {
      const session = await openSession(app);
      await app.payer.pays(session, cards.declined);
      return session;
    },
    run: (app, session) => app.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`),
    async after(app, session) {
      await app.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`);
      assert.equal((await app.merchant.session(session.id)).status, 'cancelled');
    },
  },
];

interface Row {
  flow: string;
  points: number;
  violations: number;
  seconds: number;
}
const table: Row[] = [];
after(() => {
  console.table(table);
});

for (const flow of flows) {
  test(`${flow.name}: stopped at any point, the world is sound again`, async () => {
    const row: Row = { flow: flow.name, points: 0, violations: 0, seconds: 0 };
    table.push(row);
    const begun = performance.now();
    const broken = await sweep(flow, row);
    row.violations = broken.length;
    row.seconds = Math.round((performance.now() - begun) / 100) / 10;
    assert.deepEqual(broken, []);
  });
}

/** Every point of one flow, each on a new session and followed by a new process. */
async function sweep(flow: Flow, row: Row): Promise<string[]> {
  const point = new BreakingPoint();
  const world = { watch: point.watch, wrapSend: point.wrapSend };
  let app = await testApp(world);
  const broken: string[] = [];
  try {
    const base = (await flow.base?.(app)) ?? {};
    for (const course of courses()) {
      for (let n = 1; ; n++) {
        const moment: Moment = { ...course, n };
        const given = (await flow.given?.(app, base)) ?? {};
        point.arm(moment);
        await flow.run(app, given, base).catch((error: unknown) => {
          if (!point.fired) throw error;
        });
        if (moment.how === 'crash' && point.fired) {
          await app.stop();
          point.disarm();
          app = await testApp({ ...world, on: app });
        }
        point.disarm();
        const found = await recovered(app, () => flow.after?.(app, given, base));
        broken.push(...found.map((sentence) => `${moment.how} ${moment.when} ${moment.kind} ${n}: ${sentence}`));
        if (!point.fired) break;
        row.points += 1;
      }
      broken.push(...(await violations(app)));
    }
    return broken;
  } finally {
    await app.close();
  }
}

/** What is wrong once everything due is done, and once the client has tried again. */
async function recovered(app: TestApp, tryAgain: () => Promise<void> | undefined): Promise<string[]> {
  await untilQuiet(app);
  const found = await violations(app, { snapshots: false });
  try {
    await tryAgain();
  } catch (error) {
    found.push((error as Error).message);
  }
  await app.runDue();
  return found;
}

function* courses(): Generator<Omit<Moment, 'n'>> {
  for (const how of ['crash', 'blip'] as const)
    for (const kind of ['statement', 'call'] as const)
      for (const when of ['before', 'after'] as const) yield { how, kind, when };
}
