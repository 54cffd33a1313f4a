/**
 * The catalogue of faults: at which stage of a call each one acts and which parameters it takes. Cards of family 98 name
 * the same faults in words, `fault:answer_lost+not_found_for(30)`, their parameters in the order given here.
 */
import { type Fields, invalid, object } from './fields.ts';

/** A `POST` passes before, decide (or step) and answer; look-ups, notifications and connections have stages of their own. */
export type Stage = 'outage' | 'connect' | 'thinking' | 'before' | 'decide' | 'step' | 'answer' | 'lookup' | 'notify';
export type FaultParams = Readonly<Record<string, number | boolean | string>>;

export interface FaultEffect {
  kind: string;
  params: FaultParams;
}

type Param =
  | { name: string; type: 'number'; otherwise: number; min: number; max: number }
  | { name: string; type: 'flag'; otherwise: boolean }
  | { name: string; type: 'text'; otherwise: string; of?: readonly string[] };

interface KindSpec {
  stage: Stage;
  params: readonly Param[];
}

const WEEK_S = 604_800;
const seconds = (name: string, otherwise: number, max = WEEK_S): Param => ({
  name,
  type: 'number',
  otherwise,
  min: 0,
  max,
});
const plain = (stage: Stage): KindSpec => ({ stage, params: [] });
const timed = (stage: Stage, otherwise: number): KindSpec => ({ stage, params: [seconds('s', otherwise)] });

/** `silent` belongs to the answer stage when the charge is made first; see {@link stageOf}. */
const KINDS: Record<string, KindSpec> = {
  down: timed('outage', 30),
  reset_tls: plain('connect'),
  reset_accept: plain('connect'),
  latency: { stage: 'thinking', params: [{ name: 'spec', type: 'text', otherwise: '0' }] },
  reset_request: plain('before'),
  silent: { stage: 'before', params: [{ name: 'charged', type: 'flag', otherwise: false }] },
  timeout_before: { stage: 'before', params: [seconds('s', 60, 3600)] },
  http_500_before: plain('before'),
  http_503_before: plain('before'),
  rate_limited: plain('before'),
  processed_late: timed('before', 30),
  decline: {
    stage: 'decide',
    params: [
      { name: 'code', type: 'text', otherwise: '05' },
      { name: 'advice', type: 'text', otherwise: '' },
    ],
  },
  pending: {
    stage: 'decide',
    params: [seconds('s', 10), { name: 'end', type: 'text', otherwise: 'approved', of: ['approved', 'declined'] }],
  },
  partial_approval: { stage: 'decide', params: [{ name: 'percent', type: 'number', otherwise: 50, min: 1, max: 99 }] },
  refuse_step: plain('step'),
  fail_step_later: timed('step', 10),
  answer_lost: plain('answer'),
  http_500_after_charge: plain('answer'),
  http_502_page: plain('answer'),
  reset_mid_answer: plain('answer'),
  drip: plain('answer'),
  slow: {
    stage: 'answer',
    params: [
      { name: 'ms', type: 'number', otherwise: 12_000, min: 0, max: 600_000 },
      { name: 'max_ms', type: 'number', otherwise: 0, min: 0, max: 600_000 },
    ],
  },
  malformed: plain('answer'),
  truncated: plain('answer'),
  oversized: plain('answer'),
  wrong_amount: plain('answer'),
  wrong_currency: plain('answer'),
  wrong_reference: plain('answer'),
  other_charge: plain('answer'),
  wrong_status: plain('answer'),
  missing_field: { stage: 'answer', params: [{ name: 'field', type: 'text', otherwise: 'amount' }] },
  redirect: { stage: 'answer', params: [{ name: 'location', type: 'text', otherwise: 'https://elsewhere.invalid/' }] },
  not_found_for: timed('lookup', 30),
  forgets: plain('lookup'),
  lookup_error: plain('lookup'),
  lookup_stale: timed('lookup', 30),
  lookup_contradicts: plain('lookup'),
  duplicate_notification: {
    stage: 'notify',
    params: [{ name: 'n', type: 'number', otherwise: 2, min: 1, max: 5 }],
  },
  late_notification: timed('notify', 60),
  lost_notification: plain('notify'),
  reordered: timed('notify', 5),
  contradictory_notification: plain('notify'),
  wrong_amount_notification: plain('notify'),
  unknown_notification: plain('notify'),
  forged_notification: plain('notify'),
  old_notification: plain('notify'),
  malformed_notification: plain('notify'),
};

/** Look-up faults that stay with a request key once they have fired for it. */
export const STICKY: ReadonlySet<string> = new Set(['not_found_for', 'forgets', 'lookup_stale', 'lookup_contradicts']);

export const faultKinds: readonly string[] = Object.keys(KINDS);

/** The stage at which an effect acts. */
export function stageOf(effect: FaultEffect): Stage {
  if (effect.kind === 'silent') return effect.params.charged === true ? 'answer' : 'before';
  return specOf(effect.kind).stage;
}

/** Checks the parameters of `kind` and fills in what is left out. Throws a refusal that names the field. */
export function readParams(kind: unknown, params: unknown): FaultEffect {
  if (typeof kind !== 'string' || KINDS[kind] === undefined)
    throw invalid('kind', `must be one of ${faultKinds.join(', ')}`);
  const specs = specOf(kind).params;
  const given: Fields = params === undefined ? {} : object(params, 'params', new Set(specs.map((spec) => spec.name)));
  const read: Record<string, number | boolean | string> = {};
  for (const spec of specs)
    read[spec.name] = given[spec.name] === undefined ? spec.otherwise : checked(spec, given[spec.name]);
  return { kind, params: read };
}

const parsed = new Map<string, readonly FaultEffect[]>();

/** The faults a card's behaviour names; none for behaviours that are not faults. */
export function faultsOfCard(behaviour: string | undefined): readonly FaultEffect[] {
  if (behaviour === undefined || !behaviour.startsWith('fault:')) return [];
  let effects = parsed.get(behaviour);
  if (effects === undefined) {
    effects = behaviour.slice('fault:'.length).split('+').map(fromWords);
    parsed.set(behaviour, effects);
  }
  return effects;
}

function fromWords(words: string): FaultEffect {
  const [kind = '', rest = ''] = words.split('(');
  const values = rest === '' ? [] : rest.slice(0, -1).split(',');
  const params: Record<string, unknown> = {};
  values.forEach((value, i) => {
    const spec = specOf(kind).params[i];
    if (spec === undefined) return;
    params[spec.name] = spec.type === 'number' ? Number(value) : spec.type === 'flag' ? value === 'true' : value;
  });
  return readParams(kind, params);
}

function specOf(kind: string): KindSpec {
  return KINDS[kind] ?? { stage: 'before', params: [] };
}

function checked(spec: Param, value: unknown): number | boolean | string {
  const field = `params.${spec.name}`;
  if (spec.type === 'flag') {
    if (typeof value !== 'boolean') throw invalid(field, 'must be true or false');
    return value;
  }
  if (spec.type === 'number') {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < spec.min || value > spec.max) {
      throw invalid(field, `must be a whole number from ${spec.min} to ${spec.max}`);
    }
    return value;
  }
  if (typeof value !== 'string' || value.length > 256 || (spec.of !== undefined && !spec.of.includes(value))) {
    throw invalid(field, spec.of === undefined ? 'must be text' : `must be one of ${spec.of.join(', ')}`);
  }
  return value;
}
