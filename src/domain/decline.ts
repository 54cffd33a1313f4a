/**
 * What a decline means: its class, who can mend it, what may be tried next and what people are told.
 *
 * The facts are data (`data/decline-codes.json`, `data/network-retry-rules.json`); this file looks them up for a date that
 * the caller names. Answers of a bank become one of our codes by {@link conclude}; an answer nobody has listed is a
 * `generic_decline`, which is soft, because an unknown word must never close a card for good.
 */
import declineCodes from '../../data/decline-codes.json' with { type: 'json' };
import { must } from '../lib/assert.ts';
import { HOUR, plus, type Timestamp } from '../lib/time.ts';
import { DECLINE_CODES, type DeclineCode } from './decline-codes.ts';
import { adviceRow, type Effect, matchingBlocks, precedence, responseRow, unlistedCode } from './network-rules.ts';

export { DECLINE_CODES, type DeclineCode };

export type DeclineClass =
  | 'soft_funds'
  | 'soft_technical'
  | 'soft_opaque'
  | 'authentication_required'
  | 'data'
  | 'hard'
  | 'consent'
  | 'risk'
  | 'product'
  | 'request';

export type DeclineTextKey = `decline.${keyof typeof declineTexts}`;

export interface DeclineSpec {
  readonly code: DeclineCode;
  readonly class: DeclineClass;
  /** Who can mend it. */
  readonly fixer: 'customer' | 'bank' | 'merchant' | 'time' | 'none';
  /** The text a payer sees. */
  readonly customerTextKey: DeclineTextKey;
  /** When a merchant-initiated charge may follow. */
  readonly mitRetry: 'never' | 'after_24h' | 'after_1h' | 'few_spaced' | 'needs_customer' | 'needs_new_data';
  /** The mandate ends with this answer. */
  readonly revokesMandate: boolean;
}

/** English source of the payer's texts, by the last part of their key. They never tell a code, nor why a card is blocked. */
export const declineTexts = {
  details: 'Check your card details. The bank did not recognise the card number or expiry date.',
  security_code: 'Check the security code. It does not match this card.',
  expired: 'This card has expired. Use another card.',
  funds: 'Your bank declined the payment because there was not enough money available. Use another card or add money.',
  limit: 'This payment is over a limit on your card. Your bank can change the limit.',
  not_allowed: 'This card cannot be used for this kind of payment. Use another card.',
  authentication: 'Your bank could not confirm it was you. Try again or use another way to pay.',
  authentication_left: 'The approval was not finished. You can try again.',
  busy: 'Your bank did not answer. Wait a minute and try again.',
  method_down: 'This payment method is not working right now. Use another way to pay.',
  duplicate:
    'Your bank saw this as a repeat of a payment made a moment ago. Check with the merchant before you pay again.',
  bank: 'Your bank declined the payment. It does not tell us why. Contact your bank or use another way to pay.',
  other_card: 'Use another card.',
} as const;

/** The same where no card was used, for those that speak of one. */
export const methodDeclineTexts = {
  details: 'Check your details. {method} did not recognise them.',
  security_code: 'The PIN was not right. Try again or use another way to pay.',
  expired: 'The payment was declined, and we were not told why. Use another way to pay.',
  funds: 'The payment was declined because there was not enough money available. Use another way to pay or add money.',
  limit: 'This payment is over a limit on your account. Use another way to pay.',
  not_allowed: '{method} cannot be used for this payment. Use another way to pay.',
  authentication_left: 'The payment was not approved. You can try again or use another way to pay.',
  duplicate: 'This looks like a repeat of a payment made a moment ago. Check with the merchant before you pay again.',
  bank: 'The payment was declined, and we were not told why. Use another way to pay.',
} as const;

const specs: ReadonlyMap<string, DeclineSpec> = new Map(
  declineCodes.map((row) => [
    row.code,
    {
      code: row.code as DeclineCode,
      class: row.class as DeclineClass,
      fixer: row.fixer as DeclineSpec['fixer'],
      customerTextKey: row.customer_text_key as DeclineTextKey,
      mitRetry: row.mit_retry as DeclineSpec['mitRetry'],
      revokesMandate: row.revokes_mandate,
    },
  ]),
);

/** The facts about `code`. */
export function declineSpec(code: DeclineCode): DeclineSpec {
  return must(specs.get(code), `decline code ${code}`);
}

/** True if `text` is one of our codes: for rows read back and for test tables. */
export function isDeclineCode(text: string): text is DeclineCode {
  return specs.has(text);
}

/** The `message` of `last_payment_error`: the helpful text in English. */
export function merchantMessage(code: DeclineCode): string {
  const key = declineSpec(code).customerTextKey.slice('decline.'.length);
  return declineTexts[key as keyof typeof declineTexts];
}

/** The same for a try without a card. A PIN is there what the security code is on a card. */
export function methodMessage(code: DeclineCode): string {
  const own = declineSpec(code).customerTextKey.slice('decline.'.length);
  const key = code === 'incorrect_pin' ? 'security_code' : own === 'other_card' ? 'not_allowed' : own;
  const text = (methodDeclineTexts as Record<string, string>)[key] ?? merchantMessage(code);
  return text.replaceAll('{method}', 'This way to pay');
}

/** A bank's answer in the network's words. `network` is the card scheme in lower case. */
export interface NetworkAnswer {
  network: string;
  response?: string | undefined;
  advice?: string | undefined;
  /** The local date whose rules hold, `YYYY-MM-DD`. */
  on: string;
}

export interface Conclusion {
  code: DeclineCode;
  /** The strongest thing that follows for merchant-initiated charges, by the data's order of precedence. */
  effect: Effect;
  /** Rules of the data that matched, those of a network before our own. */
  rules: readonly string[];
  /** How long the network asks to wait, in milliseconds. */
  networkWaitMs?: number;
  /** The answer ends the mandate, by its code, its advice or a network's rule. */
  revokesMandate: boolean;
}

/** Our code for an answer, and what follows from the answer as a whole: advice changes what follows, never the code. */
export function conclude(answer: NetworkAnswer): Conclusion {
  const row = responseRow(answer);
  const code = row?.declineCode ?? unlistedCode;
  return followUp(code, answer);
}

/** What follows from `code`, and from the bank's words if a bank spoke. */
export function followUp(code: DeclineCode, answer?: NetworkAnswer): Conclusion {
  const spec = declineSpec(code);
  const effects: Effect[] = [ownEffect(spec)];
  const advice = answer && adviceRow(answer);
  if (advice) effects.push(advice.action);
  const blocks = matchingBlocks({ code, class: spec.class, answer });
  if (blocks.length > 0) effects.push('never');
  const rules = new Set(blocks.map((block) => block.id));
  if (advice?.rule) rules.add(advice.rule);
  const waitHours = advice?.wait_hours;
  return {
    code,
    effect: precedence.find((effect) => effects.includes(effect)) ?? 'none',
    rules: [...rules].sort((a, b) => Number(a.startsWith('house.')) - Number(b.startsWith('house.'))),
    ...(waitHours ? { networkWaitMs: waitHours * HOUR } : {}),
    revokesMandate: spec.revokesMandate || blocks.some((block) => block.revokes === 'mandates_of_card'),
  };
}

function ownEffect({ mitRetry, class: itsClass, revokesMandate }: DeclineSpec): Effect {
  switch (mitRetry) {
    case 'never':
      return revokesMandate ? 'stop' : 'never';
    case 'needs_customer':
      return 'authenticate';
    case 'needs_new_data':
      return itsClass === 'request' ? 'stop_charge' : 'fix_data';
    case 'after_1h':
    case 'after_24h':
    case 'few_spaced':
      return 'wait';
  }
}

export interface DeclineFacts {
  code: DeclineCode;
  /** The bank's words, if a bank spoke. */
  answer?: NetworkAnswer;
  initiator: 'customer' | 'merchant';
  /** True for the payment that starts a series: some blocks leave the payer one-time payments only. */
  startsSeries: boolean;
  /** When the decline became known. */
  at: Timestamp;
}

/** `after` is the earliest time of the next try; with `allowed` false it is when the answer's own wait is over. */
export interface RetryAdvice {
  allowed: boolean;
  after?: Timestamp;
}

const HOUSE_WAIT_MS: Partial<Record<DeclineSpec['mitRetry'], number>> = {
  after_1h: HOUR,
  after_24h: 24 * HOUR,
  few_spaced: 48 * HOUR,
};

/**
 * The public `retry` of `last_payment_error`. After a merchant-initiated charge it speaks of the next charge; after a
 * decline in the payer's presence, of the same card on the same page, which only a block or a network's wait closes.
 */
export function retryAfterDecline({ code, answer, initiator, startsSeries, at }: DeclineFacts): RetryAdvice {
  const spec = declineSpec(code);
  const { effect, networkWaitMs = 0 } = followUp(code, answer);
  if (initiator === 'customer') {
    const blocks = matchingBlocks({ code, class: spec.class, answer }).map((block) => block.customer_present);
    if (blocks.includes('never') || (startsSeries && blocks.includes('one_time_only'))) return { allowed: false };
    const waitMs = Math.max(networkWaitMs, blocks.includes('after_24h') ? 24 * HOUR : 0);
    return waitMs > 0 ? { allowed: false, after: plus(at, waitMs) } : { allowed: true };
  }
  if (effect === 'never' || effect === 'stop' || effect === 'authenticate' || effect === 'fix_data') {
    return { allowed: false };
  }
  const waitMs = Math.max(networkWaitMs, HOUSE_WAIT_MS[spec.mitRetry] ?? 0);
  return waitMs > 0 ? { allowed: true, after: plus(at, waitMs) } : { allowed: true };
}
