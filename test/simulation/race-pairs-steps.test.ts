/** All pairs of what can happen to a payment after its success: captures, voids, refunds, the lapse, notices, the worker, people. */
import { DAY } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { manual } from '../support/steps.ts';
import { tellsOf } from './bank.ts';
import { doesDuty, isUnderWay, newestKey, standsOf, told } from './races-sight.ts';
import { type Ground, type Operation, racePairs } from './races-table.ts';

interface Reserved {
  payment: string;
  session: string;
  /** What is captured before the race, minor units. */
  capturedMinor: number;
}

let token: Json;
const series = async (app: TestApp) => {
  token = await paidSeries(app);
};

async function reserved(app: TestApp, capturedMinor: number): Promise<Reserved> {
  const { customer_id, payment_method_id } = token;
  const options = { customer_id, payment_method_id, ...manual };
  const { status, text, body } = await app.merchant.chargeNext(token, { amount: 20_000, options });
  if (status !== 201) throw new Error(`a reserved payment answered ${status}: ${text}`);
  const given = { payment: body.payment_id, session: body.id, capturedMinor };
  if (capturedMinor > 0) await step(app, given, 'captures', { amount: capturedMinor });
  return given;
}

const step = (at: TestApp, { payment }: Reserved, path: string, body: Record<string, unknown> = {}) =>
  at.merchant.call('POST', `/collect/payments/${payment}/${path}`, body);

const asks = (name: string, path: string, body?: Record<string, unknown>): Operation<Reserved> => ({
  name,
  async run(at, given) {
    const reply = await step(at, given, path, body);
    return reply.status < 300 ? becameOf(reply.body, given) : told(reply);
  },
});

/** What a capture's, void's or refund's own answer says became of it. */
function becameOf(body: Json, { capturedMinor }: Reserved): string {
  if (body.status === 'pending') return 'under way';
  if (body.id.startsWith('re_')) return body.status === 'succeeded' ? 'done' : 'not done';
  if (body.paid_amount + body.voided_amount > capturedMinor) return 'done';
  return body.last_payment_error === undefined ? 'under way' : 'not done';
}

const notice = (name: string, kind: string, type: string): Operation<Reserved> => ({
  name,
  async run(at, { session }) {
    const key = await newestKey(at, session, kind);
    return key === undefined ? '' : `${await tellsOf(at, key, type)}`;
  },
});

const lapses: Operation<Reserved> = {
  name: 'lapse',
  async run(at) {
    at.clock.advance(7 * DAY);
    await doesDuty(at, 'lapse authorisations');
    return '';
  },
};

const about = {
  stands: (app: TestApp, { session }: Reserved) => standsOf(app, session),
  isOpen: (app: TestApp, { session }: Reserved) => isUnderWay(app, session),
} satisfies Partial<Ground<Reserved>>;

racePairs<Reserved>({
  name: 'a payment of which a part is captured',
  base: series,
  given: (app) => reserved(app, 5_000),
  operations: [
    asks('capture a part', 'captures', { amount: 4_000 }),
    asks('capture the rest', 'captures'),
    asks('void', 'voids'),
    asks('refund a part', 'refunds', { amount: 2_000 }),
    asks('refund the rest', 'refunds'),
    lapses,
    notice('an untrue notice', 'capture', 'capture.failed'),
  ],
  ...about,
});
