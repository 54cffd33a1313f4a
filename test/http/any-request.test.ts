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

let app: TestApp;
let document: ApiDocument;
before(async () => {
  app = await testApp();
  ({ document } = await contractOf(app.url));
});
after(() => app.close());

const run = { numRuns: 150, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) };

const words = fc.constantFrom(
  ...['one_time', 'first_in_series', 'next_in_series', 'always', 'never', 'redirect', 'embedded_modal', 'manual', ''],
  // XXX is the code of ISO 4217 for no currency.
  ...['ZAR', 'jpy', 'XXX', 'en-ZA', 'x-private', 'https://shop.example/a?b#c', 'shop://x', 'javascript:1', 'http://'],
  ...[`cus_${'0'.repeat(24)}`, `pmt_${'0'.repeat(24)}`, `mnd_${'0'.repeat(24)}`, '2026-12-01T00:00:00Z', 'a@b.example'],
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, 1e12, 999_999_999_999, 1e15),
);
const texts = fc.oneof(words, fc.string({ unit: 'binary' }), fc.string({ minLength: 490, maxLength: 510 }));

/** Any JSON value, three levels deep at most. */
function anything(depth = 2): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));
  if (depth === 0) return leaf;
  const below = anything(depth - 1);
  return fc.oneof(leaf, fc.array(below, { maxLength: 3 }), fc.dictionary(fc.string(), below, { maxKeys: 3 }));
}

/** A body made after the schema: mostly what belongs there, sometimes something else, sometimes one field too many. */
function bodyFor(schema: Json): fc.Arbitrary<unknown> {
  const node = schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
  return fc.oneof({ weight: 9, arbitrary: fitting(node) }, { weight: 1, arbitrary: anything() });
}

function fitting(node: Json): fc.Arbitrary<unknown> {
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.type === 'integer') return fc.integer({ min: node.minimum ?? 0, max: Math.min(node.maximum ?? 1e9, 1e12) });
  if (node.type === 'boolean') return fc.boolean();
  if (node.type === 'string') return texts;
  if (node.type === 'array') return fc.array(bodyFor(node.items), { maxLength: 3 });
  if (node.type !== 'object') return anything();
  if (node.properties === undefined) return fc.dictionary(fc.string(), texts, { maxKeys: 22 });
  const fields = Object.entries<Json>(node.properties).map(([name, below]) => [name, bodyFor(below)] as const);
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: node.required ?? [] });
  const extra = fc.oneof(
    { weight: 9, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.string({ minLength: 1 }), anything(0), { maxKeys: 1 }) },
  );
  return fc.tuple(known, extra).map(([fits, more]) => ({ ...fits, ...more }));
}

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
