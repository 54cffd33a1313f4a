/**
 * Requests by the thousand, made from the document: whatever is sent, the answer is one of the document and never a 5xx. Every run
 * draws new ones; SEED=… draws them again, TENDER_FUZZ=20000 draws that many.
 */
import assert from 'node:assert/strict';
import { Agent, type IncomingMessage, request } from 'node:http';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ERRORS, type ErrorCode } from '../../src/domain/errors.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Answered, type Contract, contractOf } from '../support/contract.ts';
import { type FuzzRequest, type Kind, operationsOf, requests } from '../support/fuzz-requests.ts';
import type { Known } from '../support/fuzz-values.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';

const COUNT = Number(process.env.TENDER_FUZZ ?? 1_200);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const AT_ONCE = 8;
const KINDS: readonly [Kind, number][] = [
  ['valid', 0.3],
  ['near', 0.35],
  ['hostile', 0.35],
];

let app: TestApp;
let contract: Contract;
let known: Known;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
before(async () => {
  app = await testApp();
  contract = await contractOf(app.url);
  known = { schemas: contract.document.components.schemas, ids: await someOfEverything() };
});
after(async () => {
  agent.destroy();
  await app.close();
});

/** A few objects of each kind, so that some requests meet something. */
async function someOfEverything(): Promise<Record<string, string[]>> {
  const call = async (path: string, body: unknown): Promise<Json> => (await app.merchant.call('POST', path, body)).body;
  const paid = await paidSeries(app, {
    options: {
      customer: { name: 'Thandi' },
      mandate_options: { recurrence: { type: 'monthly' } },
      subscription_options: {},
    },
  });
  const endpoint = await call('/collect/webhook_endpoints', { url: 'http://127.0.0.1:9/hooks' });
  const refund = await call(`/collect/payments/${paid.payment_id}/refunds`, { amount: 1 });
  const fresh = await call('/collect/payment_sessions', { amount: 500, currency: 'ZAR' });
  const held = await call('/collect/payment_sessions', { amount: 700, currency: 'ZAR', capture_method: 'manual' });
  const other = await call('/collect/customers', { name: 'Ben' });
  await app.runDue();
  const first = async (path: string) => (await app.merchant.call('GET', path)).body.data.map((one: Json) => one.id);
  return {
    ps: [paid.id, fresh.id, held.id],
    pay: [paid.payment_id],
    re: [refund.id],
    cus: [paid.customer_id, other.id],
    pmt: [paid.payment_method_id],
    mnd: [paid.mandate_id],
    sub: [paid.subscription_id],
    whe: [endpoint.id],
    evt: await first('/collect/events?limit=5'),
    dlv: await first(`/collect/webhook_endpoints/${endpoint.id}/deliveries?limit=5`),
  };
}

/** Sends it as it is, over a connection that is used again where that is possible. */
function sent({ method, path, headers, body }: FuzzRequest): Promise<Answered> {
  const url = new URL(app.url);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: url.hostname,
        port: url.port,
        method,
        // Node's client refuses bytes that no request line may hold.
        path: encodeURI(path).replaceAll('%25', '%'),
        agent,
        headers: {
          authorization: `Bearer ${app.merchant.secretKey}`,
          ...(body === undefined ? {} : { 'content-length': body.length }),
          ...headers,
        },
      },
      (answer) => read(answer).then(resolve, reject),
    );
    call.on('error', reject);
    call.end(body);
  });
}

async function read(answer: IncomingMessage): Promise<Answered> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const headers = new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
  const body: unknown = /json/.test(headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined;
  return { status: answer.statusCode ?? 0, headers, body, text };
}

function judge(asked: FuzzRequest, answered: Answered): void {
  const { status, text } = answered;
  assert.ok(status >= 200 && (status < 500 || status === 501), `${status} ${text.slice(0, 300)}`);
  contract.check(asked.method, asked.path.replace(/#.*/, ''), answered);
  if (status < 400) return;
  const { code } = answered.body as { code: ErrorCode };
  assert.equal(ERRORS[code]?.status, status, `${code} is not a code of ${status}`);
}

test('whatever is sent to whatever route, the answer is one of the document and never a 5xx', {
  timeout: 600_000,
}, async (t) => {
  const answers = new Map<string, number>();
  const met = new Set<string>();
  for (const [kind, share] of KINDS) {
    const drawn = fc.sample(requests(kind, contract.document, known), {
      numRuns: Math.round(COUNT * share),
      seed: SEED,
    });
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let asked = drawn[next++]; asked !== undefined; asked = drawn[next++]) {
        const words = `${kind} SEED=${SEED} ${asked.method} ${asked.path} ${JSON.stringify(asked.headers)} ${asked.body?.toString().slice(0, 1_000)}`;
        const answered = await sent(asked).catch((error: unknown) => assert.fail(`${words}: no answer: ${error}`));
        try {
          judge(asked, answered);
        } catch (error) {
          throw new Error(`${words}\n${(error as Error).message}`, { cause: error });
        }
        met.add(`${asked.operationId} ${answered.status < 400 ? 'taken' : 'refused'}`);
        const group = `${kind} ${Math.floor(answered.status / 100)}xx`;
        answers.set(group, (answers.get(group) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }
  const counts = [...answers].sort().map(([group, count]) => `${group} ${count}`);
  const operations = operationsOf(contract.document).length;
  const taken = [...met].filter((one) => one.endsWith('taken')).length;
  t.diagnostic(`seed ${SEED}: ${counts.join(', ')}; ${taken} of ${operations} operations were also answered 2xx`);
  assert.ok((answers.get('valid 2xx') ?? 0) > COUNT * 0.05, 'hardly a valid request was taken');
  assert.ok((answers.get('hostile 4xx') ?? 0) > COUNT * 0.1, 'hardly a hostile request was refused');
});

test('an expectation that nobody knows is passed over, and the answer is one of ours', async () => {
  const asked = { kind: 'hostile', operationId: 'listCustomers', method: 'GET', path: '/collect/customers' } as const;
  const answered = await sent({ ...asked, headers: { expect: 'a-miracle' }, body: undefined });
  assert.equal(answered.status, 200);
  assert.match(answered.headers.get('request-id') ?? '', /^req_/);
});
