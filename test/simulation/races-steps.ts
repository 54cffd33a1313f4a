/** What can happen to a payment after its success, as operations that races are made of. */
import { must } from '../../src/lib/assert.ts';
import { DAY } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { manual } from '../support/steps.ts';
import { tellsOf } from './bank.ts';
import { doesDuty, isUnderWay, newestKey, standsOf, told } from './races-sight.ts';
import type { Ground, Operation } from './races-table.ts';

export interface Charged {
  payment: string;
  session: string;
  /** Captured and voided before the race, or by what the race may find out: more than that is the work of an operation. */
  mayHaveMovedMinor: number;
  /** The request key of what the processor's notices are about. */
  key?: string | undefined;
}

export const AUTHORISED_MINOR = 20_000;

/** Payments of one series, for they cost one request each. The card decides what its bank does later. */
export class SeriesOf {
  readonly #card: string | undefined;
  #token: Json;

  constructor(card?: string) {
    this.#card = card;
  }

  readonly base = async (app: TestApp): Promise<void> => {
    this.#token = await paidSeries(app, {}, this.#card);
  };

  paid(app: TestApp): Promise<Charged> {
    return this.#charged(app, {});
  }

  /** Authorised, and of that a part captured. */
  async reserved(app: TestApp, capturedMinor: number): Promise<Charged> {
    const given = await this.#charged(app, manual);
    await step(app, given, 'captures', { amount: capturedMinor });
    return { ...given, mayHaveMovedMinor: capturedMinor, key: await newestKey(app, given.session, 'capture') };
  }

  async #charged(app: TestApp, more: Record<string, unknown>): Promise<Charged> {
    const { customer_id, payment_method_id } = this.#token;
    const options = { customer_id, payment_method_id, ...more };
    const { status, text, body } = await app.merchant.chargeNext(this.#token, { amount: AUTHORISED_MINOR, options });
    if (status !== 201) throw new Error(`a charge answered ${status}: ${text}`);
    return { payment: body.payment_id, session: body.id, mayHaveMovedMinor: 0 };
  }
}

/** A request about a payment; fails the test at a 5xx. */
export async function step(at: TestApp, given: Charged, path: string, body: Record<string, unknown> = {}) {
  const reply = await at.merchant.call('POST', `/collect/payments/${given.payment}/${path}`, body);
  told(reply);
  return reply;
}

/** A capture, void or refund. */
export const asks = (name: string, path: string, body?: Record<string, unknown>): Operation<Charged> => ({
  name,
  async run(at, given) {
    const reply = await step(at, given, path, body);
    return reply.status < 300 ? becameOf(reply.body, given) : told(reply);
  },
});

/** What the answer says became of what was asked. A payment whose amounts have not moved says neither yes nor no. */
function becameOf(body: Json, { mayHaveMovedMinor }: Charged): string {
  if (body.status === 'pending') return 'under way';
  if (body.id.startsWith('re_')) return body.status === 'succeeded' ? 'done' : 'not done';
  return body.paid_amount + body.voided_amount > mayHaveMovedMinor ? 'done' : 'under way';
}

/** The processor tells something of the attempt that the race is about. */
export const notice = (name: string, type: string): Operation<Charged> => ({
  name,
  run: async (at, { key }) => `${await tellsOf(at, must(key, 'the key of an attempt'), type)}`,
});

/** Time runs over the end of the authorisation, and the worker looks. */
export const lapses: Operation<Charged> = {
  name: 'lapse',
  async run(at) {
    at.clock.advance(7 * DAY);
    await doesDuty(at, 'lapse authorisations');
    return '';
  },
};

/** The worker asks about what is open and due. */
export const syncs: Operation<Charged> = {
  name: 'sync',
  async run(at) {
    await doesDuty(at, 'ask about attempts');
    return '';
  },
};

/** A person says what became of the attempt in doubt. */
export const resolves = (outcome: 'succeeded' | 'failed'): Operation<Charged> => ({
  name: `resolve as ${outcome}`,
  async run(at, given) {
    return told(await step(at, given, 'resolve', { note: 'Asked the bank by phone.', outcome }));
  },
});

export const about = {
  stands: (app: TestApp, { session }: Charged) => standsOf(app, session),
  isOpen: (app: TestApp, { session }: Charged) => isUnderWay(app, session),
} satisfies Partial<Ground<Charged>>;
