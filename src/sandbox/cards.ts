/**
 * Which test card does what. The file of published and own numbers is asked first, then the ten families in which any case
 * can be typed (`PPPPPP FF RRR AA 0…0 C`). A number that is neither is no test card, and nothing about it is kept.
 */
import cardFile from '../../data/sandbox-cards.json' with { type: 'json' };
import { passesLuhn } from '../lib/luhn.ts';

export type ThreeDsBehaviour =
  | 'none'
  | 'unsupported'
  | 'challenge'
  | 'challenge_unless_stored'
  | 'challenge_always'
  | 'on_request'
  | 'soft_decline'
  | 'frictionless'
  | 'attempted'
  | 'unavailable'
  | 'not_authenticated'
  | 'rejected'
  | 'method'
  | 'never_answered'
  | 'error'
  | 'error_on_request';

export interface CardProfile {
  /** Co-badged cards list both, the issuer's own first. */
  schemes: readonly string[];
  type: string;
  country: string;
  /** One word of the card file; what the bank does once authentication is over. */
  behaviour: string;
  /** The network response code of the case where `behaviour` declines. */
  response?: string;
  advice?: string;
  threeDs: ThreeDsBehaviour;
  /** The bank reports the security code as wrong whatever was typed. */
  cvcNeverMatches?: true;
}

interface CardRow {
  number: string;
  scheme: string;
  type: string;
  country: string;
  behaviour: string;
  response_code?: string;
  advice_code?: string;
  three_ds: string;
}

/** Approved although its security code is reported as wrong: the one case the columns of the file cannot say. */
const APPROVED_DESPITE_CVC = '4000000000000101';
const CVC_NEVER_MATCHES = new Set([APPROVED_DESPITE_CVC, '4000000000000127']);

/** Prefix of each family → scheme and length of its numbers. */
const FAMILIES: Record<string, { scheme: string; length: number; type: string; country: string }> = {
  '400000': { scheme: 'visa', length: 16, type: 'credit', country: 'ZA' },
  '555555': { scheme: 'mastercard', length: 16, type: 'credit', country: 'ZA' },
  '370000': { scheme: 'amex', length: 15, type: 'credit', country: 'ZA' },
  '601100': { scheme: 'discover', length: 16, type: 'credit', country: 'US' },
  '360066': { scheme: 'diners', length: 14, type: 'credit', country: 'ZA' },
  '353011': { scheme: 'jcb', length: 16, type: 'credit', country: 'JP' },
  '620000': { scheme: 'unionpay', length: 16, type: 'credit', country: 'CN' },
  '677179': { scheme: 'maestro', length: 16, type: 'debit', country: 'ZA' },
  '506099': { scheme: 'verve', length: 16, type: 'debit', country: 'NG' },
  '636297': { scheme: 'elo', length: 16, type: 'credit', country: 'BR' },
};

const LETTER_CODES: Record<string, string> = {
  '900': 'R0',
  '901': 'R1',
  '903': 'R3',
  '933': 'N3',
  '934': 'N4',
  '937': 'N7',
  '951': '1A',
};

const AUTHENTICATIONS: Record<string, Pick<CardProfile, 'behaviour' | 'response' | 'threeDs'>> = {
  '001': { behaviour: 'approve', threeDs: 'frictionless' },
  '002': { behaviour: 'approve', threeDs: 'attempted' },
  '003': { behaviour: 'decline', threeDs: 'not_authenticated' },
  '004': { behaviour: 'approve', threeDs: 'unavailable' },
  '005': { behaviour: 'decline', threeDs: 'rejected' },
  '006': { behaviour: 'approve', threeDs: 'method' },
  '007': { behaviour: 'decline', threeDs: 'never_answered' },
  '008': { behaviour: 'decline', response: '96', threeDs: 'error' },
  '009': { behaviour: 'approve', response: '1A', threeDs: 'challenge_always' },
  '010': { behaviour: 'approve', response: '1A', threeDs: 'challenge_unless_stored' },
  '011': { behaviour: 'approve', response: '1A', threeDs: 'soft_decline' },
};

const LATER_STEPS: Record<string, string> = {
  '001': 'capture_refused',
  '002': 'capture_fails_later',
  '003': 'void_refused',
  '004': 'refund_refused',
  '005': 'refund_pending',
  '006': 'refund_pending_fails',
  '007': 'refund_fails_later',
  '008': 'authorization_short',
  '009': 'new_expiry',
  '010': 'new_number',
};

const exact = new Map<string, CardProfile>();
const faultsByCase = new Map<string, string>();
for (const row of cardFile as readonly CardRow[]) {
  exact.set(row.number, toProfile(row));
  if (row.behaviour.startsWith('fault:')) faultsByCase.set(row.number.slice(8, 11), row.behaviour);
}

/** What the card with this number does; undefined for a number that is no test card. */
export function findCard(number: string): CardProfile | undefined {
  return exact.get(number) ?? (passesLuhn(number) ? findInFamily(number) : undefined);
}

function toProfile(row: CardRow): CardProfile {
  return {
    schemes:
      row.scheme === 'cartes_bancaires' ? [row.scheme, row.number[0] === '4' ? 'visa' : 'mastercard'] : [row.scheme],
    type: row.type,
    country: row.country,
    behaviour: row.number === APPROVED_DESPITE_CVC ? 'approve_despite_cvc' : row.behaviour,
    threeDs: row.three_ds as ThreeDsBehaviour,
    ...(row.response_code !== undefined && { response: row.response_code }),
    ...(row.advice_code !== undefined && { advice: row.advice_code }),
    ...(CVC_NEVER_MATCHES.has(row.number) && { cvcNeverMatches: true }),
  };
}

function findInFamily(number: string): CardProfile | undefined {
  const family = FAMILIES[number.slice(0, 6)];
  if (family === undefined || number.length !== family.length) return undefined;
  const base = {
    schemes: [family.scheme],
    type: family.type,
    country: family.country,
    threeDs: (family.scheme === 'amex' ? 'unsupported' : 'none') as ThreeDsBehaviour,
  };
  const group = number.slice(6, 8);
  if (group === '94') return { ...base, behaviour: 'approve' };
  const given = familyCase(group, number.slice(8, 11), number.slice(11, 13));
  const filler = number.slice(13, -1);
  if (given === undefined || !/^0*$/.test(filler)) return undefined;
  return { ...base, ...given };
}

/** The case a family names by its group, three-digit case and advice digits; undefined where there is none. */
function familyCase(
  group: string,
  rrr: string,
  aa: string,
): (Pick<CardProfile, 'behaviour'> & Partial<CardProfile>) | undefined {
  const response = LETTER_CODES[rrr] ?? (rrr[0] === '0' ? rrr.slice(1) : undefined);
  const advice = aa === '00' || aa.length < 2 ? undefined : aa;
  const declined = response === undefined ? undefined : { response, ...(advice !== undefined && { advice }) };
  switch (group) {
    case '93':
      return AUTHENTICATIONS[rrr];
    case '95':
      return LATER_STEPS[rrr] === undefined ? undefined : { behaviour: LATER_STEPS[rrr] };
    case '96':
      if (rrr === '000') return { behaviour: 'approve', threeDs: 'challenge' };
      return declined && { behaviour: 'decline', threeDs: 'challenge', ...declined };
    case '97':
      return declined && { behaviour: 'decline_merchant_initiated', ...declined };
    case '98': {
      const behaviour = faultsByCase.get(rrr);
      return behaviour === undefined ? undefined : { behaviour };
    }
    case '99':
      return declined && rrr !== '000' ? { behaviour: 'decline', ...declined } : undefined;
    default:
      return undefined;
  }
}
