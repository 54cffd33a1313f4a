/**
 * Requests that nobody would think of: whatever is sent, the answer is one of the document, never a 500, and a refusal creates
 * nothing. Every run draws new requests; a failure prints the seed that draws them again (SEED=… replays it).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type TestApp, testApp } from '../support/app.ts';
import { type ApiDocument, contractOf } from '../support/contract.ts';
import type { Json } from '../support/merchant.ts';
import { anything, texts, valueFor } from '../support/random-json.ts';

let app: TestApp;
let document: ApiDocument;
before(async () => {
  app = await testApp();
  ({ document } = await contractOf(app.url));
});
after(() => app.close());

const run = { numRuns: 150, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) };

const bodyFor = (schema: Json) => valueFor(schema, document.components.schemas);

async function rowsMade(): Promise<unknown> {
  const [row] = await app.database.query(
    `select (select count(*) from payment_sessions) as sessions, (select count(*) from customers) as customers,
      (select count(*) from webhook_endpoints) as endpoints`,
  );
  return row;
}

test('whatever body is posted, it is taken whole or refused whole, by an answer of the document', async () => {
  const creates = ['/collect/payment_sessions', '/collect/customers', '/collect/webhook_endpoints'];
  for (const path of creates) {
    const schema = document.paths[path].post.requestBody.content['application/json'].schema;
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(bodyFor(schema), async (body) => {
        const before = await rowsMade();
        const reply = await app.merchant.call('POST', path, body);
        seen.add(reply.status);
        assert.ok([201, 400, 404, 422, 501].includes(reply.status), `${reply.status} ${reply.text}`);
        if (reply.status !== 201) assert.deepEqual(await rowsMade(), before);
      }),
      // Where nothing is required, the empty body is one that is taken.
      { ...run, examples: [[{}]] },
    );
    assert.ok(seen.has(201) || path !== '/collect/customers', `${path} answered only ${[...seen]}`);
    assert.ok(seen.has(400), path);
  }
});

test('whatever a payer is to agree to, it is taken, or refused by the names of the fields at fault', async () => {
  const { MandateOptions, SubscriptionOptions } = document.components.schemas;
  const group = (schema: Json) =>
    fc.oneof({ weight: 6, arbitrary: bodyFor(schema) }, { weight: 1, arbitrary: anything() }, fc.constant(undefined));
  const body = fc.record({
    amount: fc.constantFrom(0, 1, 20_000),
    currency: fc.constant('ZAR'),
    type: fc.constant('first_in_series'),
    options: fc.record({
      customer: fc.constant({ name: 'Thandi' }),
      mandate_options: group(MandateOptions),
      subscription_options: group(SubscriptionOptions),
    }),
  });
  await fc.assert(
    fc.asyncProperty(body, async (asked) => {
      const reply = await app.merchant.call('POST', '/collect/payment_sessions', asked);
      assert.ok([201, 400, 404].includes(reply.status), `${reply.status} ${reply.text}`);
      if (reply.status !== 400) return;
      const places: string[] = reply.body.errors.map((error: Json) => `${error.pointer} ${error.code}`);
      assert.equal(new Set(places).size, places.length);
      for (const place of places) assert.match(place, /^\/(options\/(mandate|subscription)_options|amount)/);
    }),
    { ...run, numRuns: 400 },
  );
});

test('whatever is asked of a list, it is a page or a 400', async () => {
  const lists = Object.entries<Json>(document.paths).filter(
    ([path, { get }]) => get !== undefined && !path.includes('{') && get.parameters !== undefined,
  );
  for (const [path, { get }] of lists) {
    const names = fc.constantFrom<string>(...get.parameters.map((one: Json) => one.name), 'other');
    const query = fc.array(fc.tuple(names, fc.oneof(texts, fc.constantFrom('1', '100', 'active'))), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(query, async (pairs) => {
        const encoded = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&');
        const reply = await app.merchant.call('GET', `${path}?${encoded}`);
        assert.ok([200, 400].includes(reply.status), `${encoded}: ${reply.status} ${reply.text}`);
      }),
      { ...run, numRuns: 40 },
    );
  }
});

test('whatever bytes are posted as JSON, the answer is a problem of the document', async () => {
  const path = '/collect/customers';
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 4 })), async (raw) => {
      const reply = await app.merchant.call('POST', path, undefined, { raw: raw.toWellFormed() });
      assert.ok([201, 400].includes(reply.status), `${reply.status} ${reply.text}`);
    }),
    run,
  );
});
