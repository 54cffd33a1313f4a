/**
 * Does everything that the API can do, once, against a real server, and keeps what was asked and answered: the examples of the
 * OpenAPI document. What differs from run to run (ids, secrets, ports, durations) is written the same way each time.
 */
import type { TestApp } from './app.ts';
import { contractOf, templateOf } from './contract.ts';
import { operationsOf } from './fuzz-requests.ts';
import type { Json } from './merchant.ts';
import { cards } from './payer.ts';
import { paidSeries } from './series.ts';
import { paidPayment, reservedPayment } from './steps.ts';

export interface Example {
  request?: unknown;
  status: number;
  /** Absent where the answer has no body. */
  answer?: unknown;
  /** The same operation refused. */
  refusal: { status: number; answer: unknown };
}

const SINCE = '2026-11-01T00:00:00Z';

/** One example for each operation of the document, by its id. */
export async function recordExamples(app: TestApp): Promise<Record<string, Example>> {
  const recorder = await Recorder.of(app);
  await recordSessions(recorder);
  await recordMoney(recorder);
  await recordSeries(recorder);
  await recordEvents(recorder);
  await recordSettings(recorder);
  return sameEachTime(await recorder.withRefusals());
}

class Recorder {
  readonly app: TestApp;
  readonly #document: Json;
  readonly #made: Record<string, Omit<Example, 'refusal'>> = {};

  static async of(app: TestApp): Promise<Recorder> {
    return new Recorder(app, (await contractOf(app.url)).document);
  }

  private constructor(app: TestApp, document: Json) {
    this.app = app;
    this.#document = document;
  }

  /** Asks, and keeps the first answer of each operation. Throws for a refusal. */
  async asks(method: string, path: string, body?: unknown): Promise<Json> {
    const reply = await this.app.merchant.call(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    const template = templateOf(this.#document, path) ?? '';
    const { operationId } = this.#document.paths[template][method.toLowerCase()];
    this.#made[operationId] ??= {
      ...(body === undefined ? {} : { request: body }),
      status: reply.status,
      ...(reply.text === '' ? {} : { answer: reply.body }),
    };
    return reply.body;
  }

  /** A file is sent as its bytes; there is no request to show. */
  async puts(path: string, type: string, bytes: string): Promise<void> {
    const reply = await this.app.merchant.call('PUT', path, undefined, {
      raw: bytes,
      headers: { 'content-type': type },
    });
    if (reply.status >= 300) throw new Error(`PUT ${path}: ${reply.status} ${reply.text}`);
    this.#made.putBrandingFile = { status: reply.status, answer: reply.body };
  }

  /** What was kept, each with the refusal of an id that nobody has, or of a field or parameter that there is not. */
  async withRefusals(): Promise<Record<string, Example>> {
    const whole: Record<string, Example> = {};
    for (const { operationId, method, template, body, fileTypes } of operationsOf(this.#document)) {
      const made = this.#made[operationId];
      if (made === undefined) throw new Error(`nobody did ${operationId}`);
      const path = template.replace('{id}', `${made.status}_unknown`).replace('{slot}', 'banner');
      const wrong = body === undefined ? undefined : template.includes('{id}') ? made.request : { colour: 'red' };
      const asked = template.includes('{') || body !== undefined ? path : `${path}?colour=red`;
      const reply = await this.app.merchant.call(method, asked, wrong, {
        ...(fileTypes.length > 0 ? { raw: 'x', headers: { 'content-type': 'image/png' } } : {}),
      });
      // What takes no input at all is refused to a key that does not exist.
      const refused = reply.status >= 400 ? reply : await this.app.merchant.call(method, path, wrong, { bearer: null });
      whole[operationId] = { ...made, refusal: { status: refused.status, answer: refused.body } };
    }
    return whole;
  }
}

async function recordSessions(recorder: Recorder): Promise<void> {
  const session = await recorder.asks('POST', '/collect/payment_sessions', {
    amount: 20_000,
    currency: 'ZAR',
    description: 'Two concert tickets',
    external_reference: 'order-1001',
    options: { checkout_options: { return_url: 'https://shop.example/thanks' } },
  });
  const path = `/collect/payment_sessions/${session.id}`;
  await recorder.asks('GET', path);
  await recorder.asks('PATCH', path, { description: 'Three concert tickets', amount: 30_000 });
  await recorder.asks('GET', '/collect/payment_sessions?limit=1');
  await recorder.asks('POST', `${path}/cancel`);
  await recorder.asks('GET', '/collect/payment_method_types?amount=20000&currency=ZAR');
}

async function recordMoney(recorder: Recorder): Promise<void> {
  const { app } = recorder;
  const paid = await paidPayment(app);
  const at = `/collect/payments/${paid.id}`;
  await recorder.asks('GET', at);
  await recorder.asks('GET', '/collect/payments?status=succeeded&limit=1');
  await recorder.asks('GET', `${at}/attempts`);
  const refund = await recorder.asks('POST', `${at}/refunds`, { amount: 5_000, reason: 'requested_by_customer' });
  await recorder.asks('GET', `/collect/refunds/${refund.id}`);
  await recorder.asks('GET', '/collect/refunds?limit=1');
  await recorder.asks('GET', `${at}/ledger`);
  const reserved = await reservedPayment(app);
  await recorder.asks('POST', `/collect/payments/${reserved.id}/captures`, {
    amount: 12_000,
    external_reference: 'parcel-1',
  });
  await recorder.asks('POST', `/collect/payments/${reserved.id}/voids`);
  await recordReview(recorder);
}

/** A charge whose answer named another amount, and of which the bank then knows nothing: a person says what is true. */
async function recordReview(recorder: Recorder): Promise<void> {
  const { app } = recorder;
  for (const kind of ['wrong_amount', 'forgets'] as const)
    await app.control.arm({ kind, match: { operation: 'charge' } });
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.approved);
  const { payment_id } = await app.merchant.session(session.id);
  const note = 'The bank said by phone that nothing was charged, ticket 4711.';
  await recorder.asks('POST', `/collect/payments/${payment_id}/resolve`, { outcome: 'failed', note });
  await recorder.asks('GET', `/collect/payments/${payment_id}/resolutions`);
}

async function recordSeries(recorder: Recorder): Promise<void> {
  const { app } = recorder;
  const customer = await recorder.asks('POST', '/collect/customers', {
    name: 'Thandi Nkosi',
    email: 'thandi@example.com',
  });
  await recorder.asks('PATCH', `/collect/customers/${customer.id}`, { name: 'Thandi Dlamini' });
  const monthly = {
    options: {
      customer_id: customer.id,
      mandate_options: { type: 'scheduled', amount: 20_000, recurrence: { type: 'monthly' } },
      subscription_options: {},
    },
  };
  const paid = await paidSeries(app, monthly);
  await recorder.asks('GET', `/collect/customers/${customer.id}`);
  await recorder.asks('GET', '/collect/customers?limit=1');
  await recorder.asks('GET', `/collect/customers/${customer.id}/payment_methods`);
  await recorder.asks('GET', `/collect/payment_methods/${paid.payment_method_id}`);
  const mandate = `/collect/mandates/${paid.mandate_id}`;
  await recorder.asks('GET', mandate);
  await recorder.asks('GET', '/collect/mandates?limit=1');
  await recorder.asks('POST', `${mandate}/check`, { amount: 50_000, currency: 'ZAR' });
  await recorder.asks('GET', `${mandate}/evidence`);
  const subscription = `/collect/subscriptions/${paid.subscription_id}`;
  await recorder.asks('GET', subscription);
  await recorder.asks('GET', '/collect/subscriptions?limit=1');
  await recorder.asks('PATCH', subscription, { description: 'Gym, monthly' });
  await recorder.asks('GET', `${subscription}/charges`);
  await recorder.asks('POST', `${subscription}/pause`);
  await recorder.asks('POST', `${subscription}/resume`);
  await recorder.asks('POST', `${subscription}/cancel`, { reason: 'customer_request' });
  await recorder.asks('POST', `${mandate}/revoke`, { reason: 'customer_request' });
  await recorder.asks('DELETE', `/collect/payment_methods/${paid.payment_method_id}`);
  await recorder.asks('DELETE', `/collect/customers/${customer.id}`);
}

async function recordEvents(recorder: Recorder): Promise<void> {
  const { app } = recorder;
  const made = await recorder.asks('POST', '/collect/webhook_endpoints', {
    // Nobody listens there, so its deliveries have something to tell.
    url: 'http://127.0.0.1:9/webhooks',
    event_types: ['payment_session.created'],
  });
  const endpoint = `/collect/webhook_endpoints/${made.id}`;
  await app.merchant.createSession();
  await app.runDue();
  await recorder.asks('GET', '/collect/events?type=payment_session.created&limit=1');
  const { data } = await recorder.asks('GET', `${endpoint}/deliveries?limit=1`);
  await recorder.asks('GET', `/collect/events/${data[0].event_id}`);
  await recorder.asks('GET', `/collect/deliveries/${data[0].id}`);
  await recorder.asks('POST', `/collect/deliveries/${data[0].id}/retry`);
  await recorder.asks('GET', endpoint);
  await recorder.asks('GET', '/collect/webhook_endpoints');
  await recorder.asks('PATCH', endpoint, { ordering: 'none' });
  await recorder.asks('POST', `${endpoint}/ping`);
  await recorder.asks('POST', `${endpoint}/rotate_secret`, { overlap_seconds: 3_600 });
  await recorder.asks('POST', `${endpoint}/recover`, { since: SINCE });
  await recorder.asks('DELETE', endpoint);
  await app.runDue();
  const logs = await recorder.asks('GET', '/collect/request_logs?limit=1');
  await recorder.asks('GET', `/collect/request_logs/${logs.data[0].id}`);
}

async function recordSettings(recorder: Recorder): Promise<void> {
  await recorder.asks('GET', '/collect/settings');
  await recorder.asks('PATCH', '/collect/settings', { time_zone: 'Africa/Johannesburg' });
  await recorder.asks('GET', '/collect/checkout_settings');
  await recorder.asks('PUT', '/collect/checkout_settings', { default_locale: 'en-ZA' });
  const brand = { display_name: 'Karoo Coffee', brand_color: '#7a3e1d' };
  await recorder.asks('PUT', '/collect/branding', brand);
  await recorder.asks('GET', '/collect/branding');
  await recorder.asks('POST', '/collect/branding/preview', brand);
  const circle = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="40"/></svg>';
  await recorder.puts('/collect/branding/files/logo_light', 'image/svg+xml', circle);
  await recorder.asks('DELETE', '/collect/branding/files/logo_light');
  await recorder.asks('POST', '/collect/test/cards/reset');
  await recorder.asks('GET', '/collect/test/clock');
  await recorder.asks('POST', '/collect/test/clock/advance', { seconds: 3_600 });
}

const API = 'http://localhost:4600';

/** Ids and the like numbered in the order in which they come, durations and ports as one. */
function sameEachTime(examples: Record<string, Example>): Record<string, Example> {
  const seen = new Map<string, string>();
  const numbered = (whole: string, prefix: string, rest: string): string => {
    const known = seen.get(whole);
    if (known !== undefined) return known;
    const counted = [...seen.keys()].filter((key) => key.startsWith(prefix)).length + 1;
    const made = `${prefix}${`Example${String(counted).padStart(rest.length - 7, '0')}`.slice(0, rest.length)}`;
    seen.set(whole, made);
    return made;
  };
  const text = (value: string): string =>
    value
      .replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1):(?!9\/)\d+/g, API)
      .replaceAll(/\b([a-z]{2,4}_|[A-Z]-)([0-9A-Za-z]{16,64})\b/g, numbered)
      .replaceAll(
        /whsec_[A-Za-z0-9+/=]+/g,
        `whsec_${Buffer.from('an example, and no secret at all').toString('base64')}`,
      )
      .replaceAll(/\b[0-9a-f]{64}\b/g, (digest) => digest[0]!.replace(/./, 'a').repeat(64))
      .replaceAll(/v1,[A-Za-z0-9+/=]{44}/g, `v1,${'A'.repeat(43)}=`);
  const visit = (value: unknown, name = ''): unknown => {
    // A retry is moved by chance, within these ten minutes.
    if (name === 'next_attempt_at') return `${String(value).slice(0, 15)}0:05.000Z`;
    if (name === 'fingerprint') return 'A'.repeat(43);
    // What a processor said is shown by its beginning: further on it tells references of its own, anew each time.
    if (typeof value === 'string') return name === 'body' ? `${text(value).slice(0, 120)}…` : text(value);
    if (name === 'latency_ms') return 12;
    if (Array.isArray(value)) return value.map((one) => visit(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, visit(below, key)]));
  };
  return visit(examples) as Record<string, Example>;
}
