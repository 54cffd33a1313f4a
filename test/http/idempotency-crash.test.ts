/** A process that dies in the middle of a charge: the key tells what became of it, and money moves once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import { Merchant } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';

/** The network as this process sees it: while `holds`, a charge arrives at the processor and its answer never comes back. */
const network = { holds: false, arrived: () => {}, letGo: [] as (() => void)[] };
/** From here on the process writes nothing any more. */
let dead = false;

let app: TestApp;
before(async () => {
  app = await testApp({
    watch: {
      before: () => {
        if (dead) throw new Error('this process is dead');
      },
      after: () => undefined,
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
