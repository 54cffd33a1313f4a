/**
 * Calls that are interrupted in the middle: a slow processor, a broken connection, a process that dies. The key tells what became
 * of them, and they are done once.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import { Merchant } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';

/** The network as this process sees it: while `holds`, a charge arrives at the processor and its answer never comes back. */
const network = { holds: false, arrived: () => {}, letGo: [] as (() => void)[] };
/** From here on the process writes nothing any more. */
let dead = false;
/** The next commit that creates a session is made, and nobody hears of it. */
let losesAnswer = false;

let app: TestApp;
before(async () => {
  app = await testApp({
    watch: {
      before: () => {
        if (dead) throw new Error('this process is dead');
      },
      after(text) {
        if (!losesAnswer || !text.includes('insert into payment_sessions')) return;
        losesAnswer = false;
        throw new Error('the connection broke');
      },
    },
    wrapSend: (send) => async (request) => {
      const answer = await send(request);
      if (!network.holds || !/\/charges$/.test(request.url)) return answer;
      network.arrived();
      await new Promise<void>((resolve) => network.letGo.push(resolve));
      return answer;
    },
  });
});
after(async () => {
  for (const letGo of network.letGo) letGo();
  await app.close();
});

test('a session that was made while its answer got lost is answered to the repeat, and made once', async () => {
  const create = () =>
    app.merchant.call('POST', '/collect/payment_sessions', { amount: 200, currency: 'ZAR' }, { key: 'lost' });
  losesAnswer = true;
  const lost = await create();
  assert.equal(lost.status, 503);
  assert.equal(lost.body.code, 'service_unavailable');
  assert.match(lost.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  const found = await create();
  assert.equal(found.status, 201);
  assert.equal(found.headers.get('idempotent-replayed'), 'true');
  const [row] = await app.database.query('select count(*)::int as made from payment_sessions');
  assert.deepEqual(row, { made: 1 });
});

test('a charge whose processor is slow is answered as pending, and the result follows by event', async () => {
  const token = await paidSeries(app);
  network.holds = true;
  const sent = new Promise<void>((resolve) => {
    network.arrived = resolve;
  });
  const asking = app.merchant.chargeNext(token, {}, { key: 'slow' });
  await sent;
  app.clock.advance(15_000);
  const reply = await asking;
  network.holds = false;
  assert.equal(reply.status, 201);
  assert.deepEqual([reply.body.status, reply.body.payment_outcome], ['active', 'pending']);
  for (const letGo of network.letGo.splice(0)) letGo();
  assert.deepEqual(await lastEvents(reply.body.id), ['payment_session.updated', 'payment_session.completed']);
  assert.equal((await app.merchant.session(reply.body.id)).payment_outcome, 'paid');
  const again = await app.merchant.chargeNext(token, {}, { key: 'slow' });
  assert.equal(again.text, reply.text, 'the key keeps what was answered');
});

/** The types of the last two events about an object, once it has any beyond its creation. */
async function lastEvents(id: string): Promise<string[]> {
  for (let tries = 0; tries < 200; tries++) {
    await app.runDue();
    const events = await app.merchant.events(`&object_id=${id}`);
    if (events.length > 1) return events.slice(-2).map((event) => event.type);
  }
  return [];
}

test('a charge whose process died is in progress, then known as pending, then paid, all under one key', async () => {
  const token = await paidSeries(app);
  const charged = (await app.control.charged()).length;
  network.holds = true;
  const sent = new Promise<void>((resolve) => {
    network.arrived = resolve;
  });
  // What the dead process would have answered nobody hears.
  const unheard = app.merchant.chargeNext(token, {}, { key: 'died' });
  await sent;
  dead = true;
  const survivor = await testApp({ on: app });
  try {
    const merchant = new Merchant(survivor.url, app.merchant.secretKey, app.merchant.publicKey);
    const ask = () => merchant.chargeNext(token, {}, { key: 'died' });
    const early = await ask();
    assert.equal(early.status, 409);
    assert.equal(early.body.code, 'idempotency_in_progress');
    assert.match(early.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    app.clock.advance(31_000);
    const known = await ask();
    assert.equal(known.status, 201);
    assert.deepEqual([known.body.status, known.body.payment_outcome], ['active', 'pending']);
    const other = await merchant.chargeNext(token, { amount: 9_999 }, { key: 'died' });
    assert.equal(other.body.code, 'idempotency_key_reused', 'even while unfinished');
    app.clock.advance(60_000);
    await survivor.runDue();
    const paid = await ask();
    assert.equal(paid.status, 201);
    assert.equal(paid.body.id, known.body.id);
    assert.equal(paid.body.payment_outcome, 'paid');
    assert.equal(paid.headers.get('idempotent-replayed'), 'true');
    assert.equal((await ask()).text, paid.text, 'and from now on the same bytes');
    assert.equal((await app.control.charged()).length, charged + 1);
  } finally {
    network.holds = false;
    for (const letGo of network.letGo) letGo();
    await unheard;
    await survivor.stop();
  }
});
