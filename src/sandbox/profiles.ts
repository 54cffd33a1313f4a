/** Named sets of faults, so that a run can be asked for in one word and had again with one seed. */
import type { Context } from './context.ts';
import { answerJson, type Exchange, jsonOf } from './exchange.ts';
import { ALWAYS } from './faults.ts';
import { choice, object, optionalText } from './fields.ts';

interface Arming {
  kind: string;
  params?: Record<string, unknown>;
  probability?: number;
  times?: number;
  after?: number;
}

const always = (kind: string, params?: Record<string, unknown>): Arming => ({
  kind,
  times: ALWAYS,
  ...(params && { params }),
});
const nowAndThen = (kind: string, probability: number, params?: Record<string, unknown>): Arming => ({
  ...always(kind, params),
  probability,
});
const often = (kind: string, times: number): Arming => ({ kind, times });

/** Answers that cannot be read, then answers that can and are not true. */
const UNBELIEVABLE = [
  'malformed',
  'truncated',
  'oversized',
  'http_502_page',
  'redirect',
  'wrong_amount',
  'wrong_currency',
  'wrong_reference',
  'other_charge',
  'wrong_status',
  'missing_field',
];

const PROFILES: Record<string, readonly Arming[]> = {
  calm: [],
  soak: [
    always('latency', { spec: 'lognormal:120,0.5,60,400' }),
    nowAndThen('decline', 0.05),
    nowAndThen('answer_lost', 0.02),
    nowAndThen('slow', 0.01, { ms: 10_000, max_ms: 60_000 }),
  ],
  b1: [nowAndThen('answer_lost', 0.1)],
  b2: [often('silent', 12_000)],
  b3: [often('http_503_before', 10), { kind: 'down', params: { s: 60 }, after: 10 }],
  b4: [always('answer_lost'), always('not_found_for', { s: 30 })],
  b5: UNBELIEVABLE.map((kind) => often(kind, 25)),
  b6: [
    nowAndThen('duplicate_notification', 0.3, { n: 5 }),
    nowAndThen('reordered', 0.3),
    nowAndThen('late_notification', 0.2, { s: 3600 }),
    nowAndThen('late_notification', 0.2, { s: 86_400 }),
  ],
  b7: [
    // Not every connection, or the control key could not call it off.
    { ...often('reset_accept', 1000), probability: 0.3 },
    often('reset_request', 1000),
    often('reset_mid_answer', 1000),
    often('answer_lost', 1000),
  ],
  b8: [always('answer_lost'), always('forgets')],
};

const FIELDS = new Set(['name', 'seed']);

/** Arms a profile on top of what is armed; `calm` removes everything. */
export function postProfile(context: Context, exchange: Exchange): void {
  const fields = object(jsonOf(exchange), 'body', FIELDS);
  const name = choice(fields.name, 'name', { of: Object.keys(PROFILES) });
  const seed = optionalText(fields.seed, 'seed', 128);
  if (name === 'calm') context.faults.remove();
  const armed = (PROFILES[name] ?? []).map((arming) =>
    context.faults.arm({ ...arming, label: `profile ${name}`, ...(seed !== undefined && { seed }) }),
  );
  context.book.whenDurable(context.book.lines, () => answerJson(exchange.res, 201, { name, armed }));
}
