/** The clock that a test tenant can move: what falls due on the way is done, in due order, before the answer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { DAY, HOUR, MINUTE, SECOND, toIso } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Json, Merchant } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { manual, reservedPayment } from '../support/steps.ts';

let app: TestApp;
/** The sandbox's clock: answers, cannot be reached, or answers nonsense. */
let theirClock: 'runs' | 'unreachable' | 'unreadable' = 'runs';
let clockCalls: string[] = [];

before(async () => {
  app = await testApp({ wrapSend: watched });
});
after(() => app.close());

function watched(send: Outbound): Outbound {
  return async (request) => {
    if (!request.url.endsWith('/v1/clock')) return send(request);
    clockCalls.push(request.method);
    if (theirClock === 'unreachable')
      return { kind: 'not_sent', why: 'connect_refused', detail: 'refused', latencyMs: 0 };
    const result = await send(request);
    return theirClock === 'unreadable' && result.kind === 'answer' ? { ...result, body: Buffer.from('{}') } : result;
  };
}

const advance = (merchant: Merchant, body: Record<string, unknown>, key: string | null = null) =>
  merchant.call('POST', '/collect/test/clock/advance', body, { key });

async function advanced(merchant: Merchant, body: Record<string, unknown>): Promise<Json> {
  const reply = await advance(merchant, body);
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

async function clockOf(merchant: Merchant): Promise<Json> {
  const reply = await merchant.call('GET', '/collect/test/clock');
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

/** The same server seen by a merchant of its own. */
async function ownMerchant(): Promise<TestApp> {
  return { ...app, merchant: await app.otherMerchant() };
}

const typesOf = (events: Json[]): string[] => events.map(({ type }) => type);

test('a session expires when the clock passes its time, and its event is in the list at once', async () => {
  const { merchant } = await ownMerchant();
  const session = await merchant.createSession();
  const before = await clockOf(merchant);
  assert.deepEqual([before.offset_seconds, before.next_due_at], [0, session.expires_at]);
  const moved = await advanced(merchant, { seconds: (2 * DAY) / SECOND });
  assert.equal(moved.moved_seconds, (2 * DAY) / SECOND);
  assert.equal(Date.parse(moved.now), Date.parse(before.now) + 2 * DAY);
  assert.equal(moved.next_due_at, undefined);
  const events = await merchant.events();
  assert.deepEqual(typesOf(events), ['payment_session.created', 'payment_session.updated', 'payment_session.expired']);
  assert.equal(events.at(-1).timestamp, session.expires_at);
  assert.equal((await merchant.session(session.id)).status, 'expired');
  assert.equal((await clockOf(merchant)).offset_seconds, (2 * DAY) / SECOND);
});

test('an authorisation that nobody captures lapses, here and at the sandbox', async () => {
  const own = await ownMerchant();
  const before = await app.control.check();
  const payment = await reservedPayment(own);
  await advanced(own.merchant, { seconds: (8 * DAY) / SECOND });
  const lapsed = await own.merchant.payment(payment.id);
  assert.deepEqual([lapsed.authorised_amount, lapsed.voided_amount], [20_000, 20_000]);
  const after = await app.control.check();
  assert.deepEqual([after.violations, after.totals.ZAR.released - (before.totals.ZAR?.released ?? 0)], [[], 20_000]);
});

test('a challenge that nobody answers times out on the clock of the sandbox, and is told at that time', async () => {
  const { merchant } = await ownMerchant();
  const session = await merchant.createSession();
  await app.payer.another().pays(session, cards.challenge);
  const started = await clockOf(merchant);
  await advanced(merchant, { seconds: (30 * MINUTE) / SECOND });
  assert.equal((await merchant.session(session.id)).payment_outcome, 'unpaid');
  const failed = (await merchant.events()).find(({ type }) => type === 'payment.attempt_failed');
  assert.ok(failed, 'the attempt has its end');
  assert.equal(Date.parse(failed.timestamp), Date.parse(started.now) + 10 * MINUTE);
});

test('a saved card expires when the clock passes its month', async () => {
  const own = await ownMerchant();
  const token = await paidSeries(own, {}, { number: cards.approved, expiry: '12/26' });
  assert.equal((await own.merchant.chargeNext(token)).status, 201);
  await advanced(own.merchant, { to: '2027-01-02T00:00:00Z' });
  const refused = await own.merchant.chargeNext(token);
  assert.equal(refused.status, 422);
  assert.deepEqual(
    refused.body.errors.map(({ code }: Json) => code),
    ['card_expired'],
  );
});

test('the clock of another tenant stands still, and so does what it waits for', async () => {
  const [mover, other] = [await ownMerchant(), await ownMerchant()];
  const session = await other.merchant.createSession();
  const reserved = await reservedPayment(other);
  await mover.merchant.createSession();
  await advanced(mover.merchant, { seconds: (400 * DAY) / SECOND });
  await app.runDue();
  assert.equal((await other.merchant.session(session.id)).status, 'active');
  assert.equal((await other.merchant.payment(reserved.id)).voided_amount, 0);
  assert.equal((await clockOf(other.merchant)).offset_seconds, 0);
});

test('a moved tenant lives on in its own time: the worker ends its sessions by it', async () => {
  const { merchant } = await ownMerchant();
  await advanced(merchant, { seconds: (40 * DAY) / SECOND });
  const session = await merchant.createSession();
  assert.equal(Date.parse(session.created_at), app.clock.now() + 40 * DAY);
  await app.runDue();
  assert.equal((await merchant.session(session.id)).status, 'active');
  app.clock.advance(25 * HOUR);
  await app.runDue();
  const ended = (await merchant.events()).at(-1);
  assert.deepEqual([ended.type, ended.data.id], ['payment_session.expired', session.id]);
});

test('everything on the way is done in due order, each at its own time', async () => {
  const own = await ownMerchant();
  const { merchant } = own;
  const begun = app.clock.now();
  const inHours = (hours: number) => toIso((begun + hours * HOUR) as typeof begun);
  for (const hours of [20, 3, 50, 7]) {
    await merchant.createSession({ options: { checkout_options: { expires_at: inHours(hours) } } });
  }
  const challenged = await merchant.createSession();
  await app.payer.another().pays(challenged, cards.challenge);
  await reservedPayment(own);
  const before = (await merchant.events('')).length;
  await advanced(merchant, { seconds: (10 * DAY) / SECOND });
  const events = (await merchant.events()).slice(before);
  const times = events.map(({ timestamp }) => Date.parse(timestamp) - begun);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  const ends = events.filter(({ type }) => /expired|attempt_failed|voided/.test(type));
  const hours = ends.map(({ timestamp }) => Math.round(((Date.parse(timestamp) - begun) / HOUR) * 10) / 10);
  assert.deepEqual([...new Set(hours)], [0.2, 3, 7, 20, 24, 50, 168]);
});

test('live mode has real time only, and a public key moves nothing', async () => {
  const [live] = await app.database.query<{ tenant_id: string }>(`select tenant_id from tenants where mode = 'live'`);
  const made = await createApiKey(app.program.app, { id: live!.tenant_id, mode: 'live' }, 'secret');
  const merchant = new Merchant(app.url, made.key, '');
  for (const reply of [
    await advance(merchant, { seconds: 60 }),
    await merchant.call('GET', '/collect/test/clock'),
    await advance(merchant, { seconds: 60 }, 'a key of its own'),
  ]) {
    assert.deepEqual([reply.status, reply.body.code], [403, 'test_mode_only']);
  }
  const open = await app.merchant.call(
    'POST',
    '/collect/test/clock/advance',
    { seconds: 60 },
    { bearer: app.merchant.publicKey },
  );
  assert.deepEqual([open.status, open.body.code], [403, 'forbidden']);
});

test('what is no way forward is refused by field, and moves nothing', async () => {
  const { merchant } = await ownMerchant();
  const at = (ms: number) => toIso((app.clock.now() + ms) as never);
  const table: [Record<string, unknown>, string, string][] = [
    [{}, '/to', 'required'],
    [{ to: at(HOUR), seconds: 60 }, '/seconds', 'conflict'],
    [{ to: at(-SECOND) }, '/to', 'out_of_range'],
    [{ to: at(1_828 * DAY) }, '/to', 'out_of_range'],
    [{ to: 'tomorrow' }, '/to', 'invalid_value'],
    [{ to: '2027-01-01T00:00:00' }, '/to', 'invalid_value'],
    [{ to: 5 }, '/to', 'invalid_type'],
    [{ seconds: 0 }, '/seconds', 'out_of_range'],
    [{ seconds: 1.5 }, '/seconds', 'invalid_type'],
    [{ seconds: 157_852_801 }, '/seconds', 'out_of_range'],
    [{ by: 60 }, '/by', 'unknown_field'],
  ];
  for (const [body, pointer, code] of table) {
    const reply = await advance(merchant, body);
    assert.equal(reply.status, 400, JSON.stringify(body));
    assert.ok(
      reply.body.errors.some((one: Json) => one.pointer === pointer && one.code === code),
      `${JSON.stringify(body)}: ${reply.text}`,
    );
  }
  assert.equal((await clockOf(merchant)).offset_seconds, 0);
});

test('the year 2200 is as far as a clock goes', async () => {
  const { merchant } = await ownMerchant();
  for (;;) {
    const reply = await advance(merchant, { seconds: 157_852_800 });
    if (reply.status === 200) continue;
    assert.deepEqual([reply.status, reply.body.errors[0].pointer], [400, '/seconds']);
    break;
  }
  assert.match((await clockOf(merchant)).now, /^219\d-/);
});

for (const state of ['unreachable', 'unreadable'] as const) {
  test(`while the sandbox's clock is ${state} nothing moves, and later the same request goes through`, async () => {
    const { merchant } = await ownMerchant();
    const session = await merchant.createSession();
    const to = toIso((app.clock.now() + 3 * DAY) as never);
    theirClock = state;
    try {
      const reply = await advance(merchant, { to }, `k-${state}`);
      assert.deepEqual(
        [reply.status, reply.body.code, reply.headers.get('retry-after')],
        [503, 'processor_unavailable', '1'],
      );
      assert.equal((await merchant.session(session.id)).status, 'active');
      assert.equal((await clockOf(merchant)).offset_seconds, 0);
    } finally {
      theirClock = 'runs';
    }
    assert.equal((await advance(merchant, { to }, `k-${state}`)).status, 200);
    assert.equal((await merchant.session(session.id)).status, 'expired');
  });
}

test('advances at once follow each other, and each counts', async () => {
  const { merchant } = await ownMerchant();
  const replies = await Promise.all(Array.from({ length: 6 }, () => advance(merchant, { seconds: 600 })));
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200, 200, 200, 200],
  );
  assert.equal((await clockOf(merchant)).offset_seconds, 3_600);
});

test('to an instant that another call has passed meanwhile is done, and moves nothing', async () => {
  const { merchant } = await ownMerchant();
  const to = toIso((app.clock.now() + DAY) as never);
  const [first, second] = await Promise.all([
    advance(merchant, { seconds: (2 * DAY) / SECOND }),
    advance(merchant, { to }),
  ]);
  assert.deepEqual([first.status, second.status], [200, 200]);
  const moved = [first.body.moved_seconds, second.body.moved_seconds];
  assert.equal(moved[0] + moved[1], (await clockOf(merchant)).offset_seconds);
});

test('one Idempotency-Key moves the clock once, also when both come at once', async () => {
  const { merchant } = await ownMerchant();
  const [first, second] = await Promise.all([
    advance(merchant, { seconds: 600 }, 'once'),
    advance(merchant, { seconds: 600 }, 'once'),
  ]);
  const third = await advance(merchant, { seconds: 600 }, 'once');
  assert.deepEqual([first.text, second.text], [third.text, third.text]);
  assert.equal(third.headers.get('idempotent-replayed'), 'true');
  assert.equal((await advance(merchant, { seconds: 60 }, 'once')).status, 422);
  assert.equal((await clockOf(merchant)).offset_seconds, 600);
});

test('a clock that another process is moving answers 503, and the worker leaves its rows alone until the lease is over', async () => {
  const { merchant } = await ownMerchant();
  await advanced(merchant, { seconds: 60 });
  const session = await merchant.createSession();
  const until = toIso((app.clock.now() + 26 * HOUR) as never);
  // What another process writes when it begins.
  await app.database.query(
    `update tenants t set clock_lease_until = $2 from payment_sessions s where s.tenant_id = t.tenant_id and s.id = $1`,
    [session.id, until],
  );
  const reply = await advance(merchant, { seconds: 60 });
  assert.deepEqual(
    [reply.status, reply.body.code, reply.headers.get('retry-after')],
    [503, 'service_unavailable', '1'],
  );
  app.clock.advance(25 * HOUR);
  await app.runDue();
  assert.deepEqual(typesOf(await merchant.events()), ['payment_session.created']);
  app.clock.advance(2 * HOUR);
  await app.runDue();
  assert.equal((await merchant.events()).at(-1).type, 'payment_session.expired');
});

test('a year without anything due is one step', async () => {
  const { merchant } = await ownMerchant();
  clockCalls = [];
  await advanced(merchant, { seconds: (365 * DAY) / SECOND });
  assert.deepEqual(clockCalls, ['POST', 'POST']);
});

test('a reserved payment of a moved tenant can be captured in its own time', async () => {
  const own = await ownMerchant();
  await advanced(own.merchant, { seconds: (30 * DAY) / SECOND });
  const session = await own.merchant.createSession({ options: manual });
  await app.payer.another().pays(session, cards.approved);
  const { payment_id } = await own.merchant.session(session.id);
  const reply = await own.merchant.call('POST', `/collect/payments/${payment_id}/captures`, {});
  assert.equal(reply.status, 200, reply.text);
});

test('a year of a monthly subscription is twelve charges, each at its own time', async () => {
  const own = await ownMerchant();
  await paidSeries(
    own,
    {
      options: {
        customer: { name: 'Thandi' },
        mandate_options: { recurrence: { type: 'monthly', on: { type: 'day_of_month', days: [1] } } },
        subscription_options: {},
      },
    },
    { number: cards.approved, expiry: '12/30' },
  );
  await advanced(own.merchant, { seconds: (365 * DAY) / SECOND });
  const paid = (await own.merchant.events()).filter(({ type }) => type === 'payment.succeeded').slice(1);
  assert.deepEqual(
    paid.map(({ timestamp }) => timestamp),
    ['2026-12', ...Array.from({ length: 11 }, (_, i) => `2027-${String(i + 1).padStart(2, '0')}`)].map(
      (month) => `${month}-01T00:00:00.000Z`,
    ),
  );
});

test('a card that the page kept for another try is forgotten when the clock passes its time', async () => {
  const { merchant } = await ownMerchant();
  await advanced(merchant, { seconds: (3 * DAY) / SECOND });
  const session = await merchant.createSession();
  const payer = app.payer.another();
  await payer.pays(session, cards.insufficientFunds);
  const offers = async () => /<input[^>]*value="kept_card"/.test((await payer.open(session)).html);
  assert.equal(await offers(), true);
  await advanced(merchant, { seconds: (14 * MINUTE) / SECOND });
  assert.equal(await offers(), true);
  await advanced(merchant, { seconds: (2 * MINUTE) / SECOND });
  assert.equal(await offers(), false);
});

test('an endpoint that failed once stays on, however far the clock is moved', async () => {
  const { merchant } = await ownMerchant();
  const endpoint = await merchant.call('POST', '/collect/webhook_endpoints', { url: 'http://127.0.0.1:9/hooks' });
  await merchant.createSession();
  await app.runDue();
  await advanced(merchant, { seconds: (90 * DAY) / SECOND });
  await app.runDue();
  app.clock.advance(5 * MINUTE);
  await app.runDue();
  const after = await merchant.call('GET', `/collect/webhook_endpoints/${endpoint.body.id}`);
  assert.equal(after.body.enabled, true);
});
