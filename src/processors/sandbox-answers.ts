/**
 * What the sandbox processor's answers mean. Pure and exhaustive: every answer that is not word for word what the
 * interface promises, or that does not repeat the question, becomes `unknown` with the alarm raised.
 */
import { conclude, type DeclineCode } from '../domain/decline.ts';
import { fromIso, type Timestamp } from '../lib/time.ts';
import { isObject, type JsonAnswer } from './http-client.ts';
import type {
  ClockStep,
  KeyOrder,
  Lookup,
  Outcome,
  PaymentInstrument,
  Reversal,
  UnknownOutcome,
  UnknownReason,
} from './processor.ts';
import { actionFor, expectation, readAction } from './sandbox-actions.ts';
import { authenticationFacts, cardFacts } from './sandbox-facts.ts';
import { isStep, type Step } from './sandbox-requests.ts';

/** What must come back unchanged. */
export interface Question extends KeyOrder {
  requestKey: string;
  /** For steps: what was asked of the charge, where it is known. */
  charge?: { ref: string; amountMinor: number };
  /** What was paid with, where it is known: it says which action may be asked for. */
  instrument?: PaymentInstrument['type'];
}

type Readable = Extract<JsonAnswer, { kind: 'json' }>;
type Doubt = (why: UnknownReason, detail: string) => UnknownOutcome;

/** Documented refusals: nothing moved. What is not in this table proves nothing. */
const REFUSALS: Readonly<Record<number, ReadonlySet<string> | 'any'>> = {
  400: new Set(['invalid_request']),
  401: 'any',
  404: new Set(['no_such_charge']),
  413: 'any',
  422: new Set([
    'agreement_unknown',
    'agreement_mismatch',
    'amount_exceeds_remaining',
    'authorization_expired',
    'nothing_to_void',
    'not_refundable',
    'not_reversible',
    'intent_not_supported',
  ]),
  429: new Set(['slow_down']),
};

/** The outcome of a charge, an authorisation, a verification or a step. */
export function toOutcome(answer: JsonAnswer, question: Question): Outcome {
  if (answer.kind === 'unknown') return answer;
  if (answer.kind === 'not_sent') {
    return { kind: 'declined', stage: 'not_sent', code: 'processor_unavailable', raw: { reason: answer.why } };
  }
  const doubt = doubter(answer);
  if (answer.status === 200 || answer.status === 201) return readCharge(answer.body, { question, doubt });
  const code = errorCode(answer.body);
  if (answer.status === 409 && code === 'request_in_progress') return quietDoubt(answer, 'in_progress');
  if (answer.status === 422 && code === 'request_key_reused') return doubt('key_reused', code);
  if (isRefusal(answer.status, code)) {
    return { kind: 'declined', stage: 'processor', code: 'processor_refused', raw: { reason: code } };
  }
  return doubt('unreadable', `undocumented answer with status ${answer.status}`);
}

/** What the sandbox knows under a key. */
export function toLookup(answer: JsonAnswer, question: Question): Lookup {
  if (answer.kind === 'unknown') return answer;
  if (answer.kind === 'not_sent') return { kind: 'unknown', why: 'reset', alarm: false, evidence: answer.evidence };
  const doubt = doubter(answer);
  if (answer.status !== 200) return quietDoubt(answer, 'unknown_status');
  const found = answer.body.data;
  if (!Array.isArray(found)) return doubt('unreadable', 'no list of charges');
  if (found.length === 0) return { kind: 'not_found', evidence: answer.evidence('nothing under this key') };
  if (found.length > 1 || !isObject(found[0])) return doubt('contradiction', 'not one charge under this key');
  const outcome = readCharge(found[0], { question, doubt });
  return outcome.kind === 'unknown' ? outcome : { kind: 'found', outcome };
}

const REVERSALS = new Set(['reversed', 'kept', 'closed', 'nothing_to_reverse'] as const);
type Undone = typeof REVERSALS extends Set<infer T> ? T : never;

/** Where the account's clock stands. An answer that is whole and says less than was asked is no answer. */
export function toClockStep(answer: JsonAnswer, to?: Timestamp): ClockStep {
  if (answer.kind !== 'json') return { kind: 'unavailable', evidence: answer.evidence };
  const { now, next_due_at: due } = answer.body;
  const at = typeof now === 'string' ? fromIso(now) : undefined;
  const nextDueAt = typeof due === 'string' ? fromIso(due) : undefined;
  const readable = answer.status === 200 && at !== undefined && (due === null || nextDueAt !== undefined);
  if (!readable) return { kind: 'unavailable', evidence: answer.evidence('no readable clock') };
  if (to !== undefined && at < to) return { kind: 'unavailable', evidence: answer.evidence('the clock was not moved') };
  return { kind: 'at', now: at, ...(nextDueAt === undefined ? {} : { nextDueAt }) };
}

/** What became of a key that was to be undone. */
export function toReversal(answer: JsonAnswer, undone: string): Reversal {
  if (answer.kind === 'unknown') return answer;
  if (answer.kind === 'not_sent') return { kind: 'not_sent', evidence: answer.evidence };
  const doubt = doubter(answer);
  if (answer.status === 200 || answer.status === 201) {
    const { status, target } = answer.body;
    if (target !== undone) return doubt('contradiction', 'the reversal is one of another key');
    if (!REVERSALS.has(status as Undone)) return doubt('unknown_status', 'no known result of a reversal');
    return { kind: status as Undone, evidence: answer.evidence(`reversal: ${status}`) };
  }
  const code = errorCode(answer.body);
  if (answer.status === 409) return quietDoubt(answer, 'in_progress');
  if (isRefusal(answer.status, code)) return { kind: 'refused', evidence: answer.evidence(`refused: ${code}`) };
  return doubt('unreadable', `undocumented answer with status ${answer.status}`);
}

function doubter(answer: Readable): Doubt {
  return (why, detail) => ({ kind: 'unknown', why, alarm: true, evidence: answer.evidence(detail) });
}

function quietDoubt(answer: Readable, why: UnknownReason): UnknownOutcome {
  return { kind: 'unknown', why, alarm: false, evidence: answer.evidence(`status ${answer.status}`) };
}

/** The `code` of an error answer of the documented form; empty text for any other form. */
function errorCode(body: Record<string, unknown>): string {
  const { error } = body;
  if (!isObject(error) || typeof error.message !== 'string') return '';
  return typeof error.code === 'string' && /^[a-z_]{1,40}$/.test(error.code) ? error.code : '';
}

function isRefusal(status: number, code: string): boolean {
  const known = REFUSALS[status];
  return code !== '' && known !== undefined && (known === 'any' || known.has(code));
}

interface Reading {
  question: Question;
  doubt: Doubt;
}

function readCharge(charge: Record<string, unknown>, { question, doubt }: Reading): Outcome {
  const { id } = charge;
  if (!isRef(id)) return doubt('unreadable', 'no id');
  // The charge's id, never a step's: an attempt that kept it would take every later answer for another step's.
  const named = (outcome: UnknownOutcome): UnknownOutcome =>
    isStep(question.operation) ? outcome : { ...outcome, ref: id };
  const reading: Reading = { question, doubt: (why, detail) => named(doubt(why, detail)) };
  if (charge.reference !== question.reference) return reading.doubt('contradiction', 'another reference');
  if (isStep(question.operation)) return readStep(charge, { ...reading, id, step: question.operation });
  const difference = firstDifference(charge, question);
  return difference ? reading.doubt(...difference) : readStatus(charge, { ...reading, id });
}

/** The echo check: the first way in which the charge is not the one we asked for. */
function firstDifference(charge: Record<string, unknown>, question: Question): [UnknownReason, string] | undefined {
  if (charge.request_key !== question.requestKey) return ['contradiction', 'another request key'];
  if (question.ref !== undefined && charge.id !== question.ref) return ['contradiction', 'another charge'];
  if (charge.intent !== question.operation) return ['contradiction', 'another intent'];
  if (!isMoney(charge.amount)) return ['unreadable', 'no amount'];
  if (!isAmount(charge.amount, question)) return ['contradiction', 'another amount or currency'];
  if (typeof charge.status !== 'string') return ['unreadable', 'no status'];
  if (typeof charge.created_at !== 'string' || fromIso(charge.created_at) === undefined) {
    return ['unreadable', 'no time of creation'];
  }
  return undefined;
}

function readStatus(charge: Record<string, unknown>, { question, doubt, id }: Reading & { id: string }): Outcome {
  switch (charge.status) {
    case 'approved':
      return readApproval(charge, { question, doubt, id });
    case 'declined':
      return readDecline(charge, { question, doubt, id });
    case 'reversed':
      // Given back by a reversal: nothing was kept, and the key can never be charged again.
      return { kind: 'declined', stage: 'processor', code: 'processing_error', raw: { reason: 'reversed' }, ref: id };
    case 'pending':
      return { kind: 'pending', ref: id, ...expectation(charge.expected_by) };
    case 'action_required': {
      const action = readAction(charge.action, charge.method);
      if (action === undefined) return doubt('unreadable', 'no action we know');
      const { instrument } = question;
      if (instrument !== undefined && action.action.type !== actionFor(instrument)) {
        return doubt('contradiction', 'an action of another way to pay');
      }
      return { kind: 'action_required', ref: id, ...action, ...cardFacts(charge.card) };
    }
    default:
      return doubt('unknown_status', 'an unknown status word');
  }
}

function readApproval(charge: Record<string, unknown>, { question, doubt, id }: Reading & { id: string }): Outcome {
  const { response, approved_amount: approved } = charge;
  if (!isObject(response) || !isMoney(approved)) return doubt('unreadable', 'approved without response or amount');
  if (response.code !== (question.operation === 'verify' ? '85' : '00')) {
    return doubt('contradiction', 'approved with a code that is no approval');
  }
  if (!isAmount(approved, question))
    return { ...doubt('contradiction', 'approved for another amount'), giveBack: true };
  const expires = charge.authorization_expires_at;
  const expiresAt = typeof expires === 'string' ? fromIso(expires) : undefined;
  if (question.operation === 'authorize' && expiresAt === undefined)
    return doubt('unreadable', 'no end of the authorisation');
  const { network_transaction_id: networkId, token, approval_code: approvalCode } = charge;
  return {
    kind: 'approved',
    ref: id,
    ...(isRef(networkId) && { networkTransactionId: networkId }),
    ...(isRef(token) && { token }),
    ...(isRef(approvalCode) && { approvalCode }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...cardFacts(charge.card),
    ...authenticationFacts(charge.three_ds),
  };
}

/** Words for declines in which no bank spoke. */
const REASONS: Readonly<Record<string, DeclineCode>> = {
  authentication_failed: 'authentication_failed',
  authentication_rejected: 'authentication_rejected',
  authentication_abandoned: 'authentication_abandoned',
  cancelled_by_payer: 'approval_declined',
  action_expired: 'approval_timeout',
  reversed: 'processing_error',
};

function readDecline(charge: Record<string, unknown>, { doubt, id }: Reading & { id: string }): Outcome {
  const { response, reason } = charge;
  const token = isRef(charge.token) ? { token: charge.token } : {};
  const facts = { ref: id, ...token, ...cardFacts(charge.card), ...authenticationFacts(charge.three_ds) };
  if (isWord(reason)) {
    const stage = reason === 'reversed' ? 'processor' : 'issuer';
    return { kind: 'declined', stage, code: REASONS[reason] ?? 'generic_decline', raw: { reason }, ...facts };
  }
  if (!isObject(response) || !isWord(response.code)) return doubt('unreadable', 'declined without response or reason');
  if (response.code === '00' || response.code === '85') return doubt('contradiction', 'declined with an approval code');
  const advice = isWord(response.advice) ? response.advice : undefined;
  const { code } = conclude({
    network: networkOf(charge.card),
    response: response.code,
    advice,
    on: String(charge.created_at).slice(0, 10),
  });
  const raw = { response: response.code, ...(advice && { advice }) };
  return { kind: 'declined', stage: 'issuer', code, raw, ...facts };
}

/** Whose rules hold: on a co-badged card the international scheme's, which the sandbox names last. */
function networkOf(card: unknown): string {
  const schemes = isObject(card) && Array.isArray(card.schemes) ? card.schemes : [];
  return String(schemes.at(-1) ?? '*');
}

const STEP_LISTS: Record<Step, string> = { capture: 'captures', void: 'voids', refund: 'refunds' };

function readStep(charge: Record<string, unknown>, about: Reading & { id: string; step: Step }): Outcome {
  const { question, doubt, id, step } = about;
  const asked = question.charge;
  if (asked && asked.ref !== id) return doubt('contradiction', 'another charge');
  if (!isMoney(charge.amount)) return doubt('unreadable', 'no amount of the charge');
  if (asked && !isAmount(charge.amount, { money: { ...question.money, amountMinor: asked.amountMinor } })) {
    return doubt('contradiction', 'another amount of the charge');
  }
  const list = charge[STEP_LISTS[step]];
  const found = Array.isArray(list)
    ? list.filter((each) => isObject(each) && each.request_key === question.requestKey)
    : [];
  const own = found[0];
  if (!isObject(own) || found.length > 1) return doubt('unreadable', `not one ${step} under this key`);
  if (!isRef(own.id)) return doubt('unreadable', `no id of the ${step}`);
  if (question.ref !== undefined && question.ref !== own.id) return doubt('contradiction', `another ${step}`);
  if (!isMoney(own.amount)) return doubt('unreadable', `no amount of the ${step}`);
  if (!isAmount(own.amount, question)) return doubt('contradiction', `another amount of the ${step}`);
  switch (own.status) {
    case 'succeeded':
      return { kind: 'approved', ref: own.id };
    case 'pending':
      return { kind: 'pending', ref: own.id };
    case 'failed': {
      const raw = isWord(own.failure) ? { reason: own.failure } : {};
      return { kind: 'declined', stage: 'issuer', code: 'generic_decline', raw, ref: own.id };
    }
    default:
      return doubt('unknown_status', `an unknown status of the ${step}`);
  }
}

function isRef(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,40}$/.test(value);
}

interface WireMoney {
  value: number;
  currency: string;
}

function isMoney(value: unknown): value is WireMoney {
  return isObject(value) && Number.isSafeInteger(value.value) && typeof value.currency === 'string';
}

function isAmount(actual: WireMoney, { money }: Pick<KeyOrder, 'money'>): boolean {
  return actual.value === money.amountMinor && actual.currency === money.currency;
}
