/**
 * What the pretend bank says. Pure: a card, a charge and an instant in, an answer out. Authentication is asked first, then
 * the issuer; behaviour comes from the card alone, never from the amount, the reference or anything else a merchant sends.
 */
import type { Authentication, CardOnFile, Charge, Reason } from './charge.ts';

export type Preference = 'auto' | 'challenge' | 'none';

/**
 * `pass`: go on to the issuer, with or without proof. `page`: the payer has to act first. `stopped`: the issuer is not
 * asked. `declined`: the issuer answers this code without looking further.
 */
export type AuthenticationVerdict =
  | { kind: 'pass'; status?: Authentication['status'] }
  | { kind: 'page'; page: 'challenge' | 'method' | 'never_answered' }
  | { kind: 'stopped'; status: 'N' | 'R'; reason: Reason }
  | { kind: 'declined'; code: string };

export interface IssuerVerdict {
  /** Network response code; `00`, or `85` for a verification, is approval. */
  code: string;
  advice?: string;
  updated?: { exp_month?: number; exp_year?: number; last4?: string };
}

/** What authentication does before the issuer is asked. Merchant-initiated charges never meet it. */
export function authenticate(card: CardOnFile, preference: Preference): AuthenticationVerdict {
  const page = (kind: 'challenge' | 'method' | 'never_answered'): AuthenticationVerdict =>
    preference === 'none' ? { kind: 'declined', code: '1A' } : { kind: 'page', page: kind };
  switch (card.three_ds) {
    case 'challenge':
    case 'challenge_unless_stored':
    case 'challenge_always':
      return page('challenge');
    case 'never_answered':
      return page('never_answered');
    case 'on_request':
      return preference === 'challenge' ? page('challenge') : { kind: 'pass' };
    case 'soft_decline':
      return preference === 'challenge' ? page('challenge') : { kind: 'declined', code: '1A' };
    case 'error':
      return { kind: 'declined', code: '96' };
    case 'error_on_request':
      return preference === 'challenge' ? { kind: 'declined', code: '96' } : { kind: 'pass' };
    case 'not_authenticated':
      return { kind: 'stopped', status: 'N', reason: 'authentication_failed' };
    case 'rejected':
      return { kind: 'stopped', status: 'R', reason: 'authentication_rejected' };
    default:
      return preference === 'none' ? { kind: 'pass' } : withoutChallenge(card);
  }
}

/** The kinds that ask the payer nothing, or no more than a look at the browser. */
function withoutChallenge(card: CardOnFile): AuthenticationVerdict {
  switch (card.three_ds) {
    case 'frictionless':
      return { kind: 'pass', status: 'Y' };
    case 'attempted':
      return { kind: 'pass', status: 'A' };
    case 'unavailable':
      return { kind: 'pass', status: 'U' };
    case 'method':
      return { kind: 'page', page: 'method' };
    default:
      return { kind: 'pass' };
  }
}

/** The issuer's answer to `charge`, at `now` on the account's clock. */
export function askIssuer(charge: Charge, card: CardOnFile, now: number): IssuerVerdict {
  const approved: IssuerVerdict = { code: charge.intent === 'verify' ? '85' : '00' };
  const declined: IssuerVerdict = {
    code: card.response ?? '05',
    ...(card.advice !== undefined && { advice: card.advice }),
  };
  if (hasExpired(card, now)) return { code: '54' };
  if (charge.cvc === 'no_match' && card.behaviour !== 'approve_despite_cvc') return { code: 'N7' };
  const merchant = charge.initiator === 'merchant';
  if (merchant && needsPayer(card, charge)) return { code: '1A' };
  switch (card.behaviour) {
    case 'decline':
      return declined;
    case 'approve_first_only':
      return merchant || charge.saved || charge.use === 'subsequent' ? declined : approved;
    case 'decline_merchant_initiated':
      return merchant ? declined : approved;
    case 'new_expiry':
      return merchant ? { ...approved, updated: { exp_month: card.exp_month, exp_year: card.exp_year + 3 } } : approved;
    case 'new_number':
      return merchant ? { ...approved, updated: replacement(card) } : approved;
    default:
      return approved;
  }
}

/** Electronic commerce indicator: Mastercard counts 02, 01, 00 where the other schemes say 05, 06, 07. */
export function eciOf(card: CardOnFile, status: Authentication['status']): string | undefined {
  const mastercard = card.schemes.includes('mastercard') || card.schemes.includes('maestro');
  if (status === 'Y') return mastercard ? '02' : '05';
  if (status === 'A') return mastercard ? '01' : '06';
  return status === 'U' ? (mastercard ? '00' : '07') : undefined;
}

/** A card is good until the last instant of its month, UTC. */
function hasExpired(card: CardOnFile, now: number): boolean {
  return now >= Date.UTC(card.exp_year, card.exp_month, 1);
}

function needsPayer(card: CardOnFile, charge: Charge): boolean {
  if (card.three_ds === 'challenge_always') return true;
  return (
    (card.three_ds === 'challenge_unless_stored' || card.three_ds === 'soft_decline') &&
    charge.series_authenticated === false
  );
}

function replacement(card: CardOnFile): { exp_month: number; exp_year: number; last4: string } {
  const last4 = String((Number(card.last4) + 1111) % 10000).padStart(4, '0');
  return { exp_month: card.exp_month, exp_year: card.exp_year + 3, last4 };
}
