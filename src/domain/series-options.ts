/**
 * What a `first_in_series` session asks its payer to agree to: the mandate, the subscription under it, or another card for a mandate
 * that is there already. Takes both groups of options as they came and answers their normal form or every problem at once; read
 * again, from the same JSON, when the session's amount changes.
 */
import { addDays, startOfDay } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import { type FieldProblem, missing, type Rejection, reject } from './errors.ts';
import { type Field, fieldsOf, isSent, note, present, text } from './field-reader.ts';
import { isInForce, type Mandate } from './mandate.ts';
import { MANDATE_FIELDS, type MandateDraft, readMandateOptions, type SeriesFacts } from './mandate-options.ts';
import type { MandateTerms } from './mandate-terms.ts';
import { occurrences } from './schedule.ts';
import type { SessionOptions } from './session.ts';
import { readSubscriptionOptions, type SubscriptionDraft } from './subscription-options.ts';

export type { SeriesFacts } from './mandate-options.ts';

/** As the merchant sent them; kept with the session. */
export interface SeriesAsked {
  mandateOptions?: unknown;
  subscriptionOptions?: unknown;
}

/** What the payer agrees to, in its normal form. Of a mandate that gets another card first its id, then its terms too. */
export type SeriesTerms = Pick<SessionOptions, 'mandate' | 'subscription' | 'replacesMandateId'>;

export interface SeriesReading {
  problems: FieldProblem[];
  /** Complete only where there is no problem. */
  terms: SeriesTerms;
  /** The end of the validity period: no page stays open beyond it. */
  endsAt?: Timestamp;
}

export const MANDATE_OPTIONS = '/options/mandate_options';
export const SUBSCRIPTION_OPTIONS = '/options/subscription_options';

export function readSeriesOptions(asked: SeriesAsked, facts: SeriesFacts): SeriesReading {
  const problems: FieldProblem[] = [];
  const options: Field = { pointer: MANDATE_OPTIONS, value: asked.mandateOptions, problems };
  const subscribing: Field = { pointer: SUBSCRIPTION_OPTIONS, value: asked.subscriptionOptions, problems };
  if (namesMandate(options.value)) return readReplacement(options, subscribing, facts);
  const draft = readMandateOptions(options, facts, isSent(subscribing));
  const subscription = readSubscriptionOptions(subscribing, draft, facts);
  judgeOccurrences(draft, subscription, problems);
  const terms = present<SeriesTerms>({ mandate: termsOf(draft), subscription: subscription?.terms });
  return present<SeriesReading>({ problems, terms, endsAt: endOf(draft) });
}

function namesMandate(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'replaces_mandate_id');
}

/** Another card for a mandate: nothing is agreed anew, so nothing else may be said. */
function readReplacement(options: Field, subscribing: Field, { amountMinor }: SeriesFacts): SeriesReading {
  const { problems } = options;
  const fields = fieldsOf(options, ['replaces_mandate_id', ...MANDATE_FIELDS]);
  if (fields === undefined) return { problems, terms: {} };
  const alone = 'A mandate that gets another card keeps its terms: send replaces_mandate_id alone.';
  for (const name of MANDATE_FIELDS) if (isSent(fields[name])) note(fields[name], 'not_applicable', alone);
  if (isSent(subscribing)) note(subscribing, 'not_applicable', 'The subscription of the mandate goes on as it is.');
  const replacesMandateId = text(fields.replaces_mandate_id);
  if (replacesMandateId !== undefined && !MANDATE_ID.test(replacesMandateId))
    note(fields.replaces_mandate_id, 'invalid_value', 'The id of a mandate.');
  if (amountMinor !== undefined && amountMinor !== 0) {
    const detail = 'replaces_mandate_id was sent: another card is verified with an amount of 0.';
    problems.push({ pointer: '/amount', code: 'conflict', detail });
  }
  return { problems, terms: present<SeriesTerms>({ replacesMandateId }) };
}

const MANDATE_ID = /^mnd_[0-9A-Za-z]{24}$/;

/** A rule that names no date while charges may be made. Today stands for the day of the first payment, the earliest there can be. */
function judgeOccurrences(draft: MandateDraft, subscription: SubscriptionDraft | undefined, problems: FieldProblem[]) {
  const { today, instalmentTerms } = draft;
  const period = subscription === undefined ? draft.validity : subscription.active;
  const periodic = instalmentTerms?.type === 'periodic' ? instalmentTerms : undefined;
  const recurrence = periodic?.recurrence ?? draft.recurrence;
  // Without an end every rule names dates for ever.
  if (today === undefined || recurrence === undefined || period?.endDate === undefined) return;
  const frame = { anchor: period.startDate ?? today, first: today, end: period.endDate };
  const needed = periodic?.maxOccurrences ?? 1;
  let found = 0;
  for (const _ of occurrences(recurrence, frame)) if (++found === needed) return;
  const detail = `${found} of its dates lie after ${today} and not after the end of the period, ${period.endDate}.`;
  const group = periodic === undefined ? MANDATE_OPTIONS : `${MANDATE_OPTIONS}/terms`;
  problems.push({ pointer: `${group}/${found > 0 ? 'max_occurrences' : 'recurrence'}`, code: 'conflict', detail });
}

/** Undefined where something is wrong or not known. */
function termsOf(draft: MandateDraft): MandateTerms | undefined {
  const { type, currency, timeZone, validity, subscribed: _, today: __, horizon: ___, ...rest } = draft;
  if (type === undefined || currency === undefined || timeZone === undefined) return undefined;
  return { type, currency, ...rest, ...validity, periodLimits: rest.periodLimits ?? [], timeZone };
}

function endOf({ validity, timeZone }: MandateDraft): Timestamp | undefined {
  if (validity?.endDate === undefined || timeZone === undefined) return undefined;
  return startOfDay(addDays(validity.endDate, 1), timeZone);
}

/** What the session asks and who asks it, of a replacement. */
export interface Replacement {
  customerId: string | undefined;
  currency: string;
  at: Timestamp;
}

/**
 * The terms that a page shows again to put another card on `mandate`: its own. A {@link Rejection} when it is not there for that
 * customer, no longer active, or in another currency.
 */
export function replacementTerms(mandate: Mandate | undefined, asked: Replacement): SeriesTerms | Rejection {
  if (mandate === undefined || mandate.customerId !== asked.customerId) return missing('mandate_not_found');
  if (!isInForce(mandate, asked.at)) {
    const past = mandate.status === 'revoked' ? 'has been revoked' : 'has ended';
    return reject('mandate_not_active', `The mandate ${past}: agree on a new one with its payer.`);
  }
  if (mandate.terms.currency !== asked.currency) {
    const detail = `replaces_mandate_id names a mandate in ${mandate.terms.currency}.`;
    return reject('invalid_request', `/currency: ${detail}`, {
      errors: [{ pointer: '/currency', code: 'conflict', detail }],
    });
  }
  return { mandate: mandate.terms, replacesMandateId: mandate.id };
}
