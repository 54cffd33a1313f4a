/**
 * What a decline sets in motion beside its own payment: whether it counts against the card's caps, which blocks it puts on the card,
 * which hold on mandates, how long the network asks to wait, and whether the payer's consent is gone. Rules: `data/`.
 */
import { plus, type Timestamp, toIso } from '../lib/time.ts';
import { type DeclineCode, declineSpec, followUp, type NetworkAnswer } from './decline.ts';
import type { ChargeHold } from './mandate.ts';
import { holdRow, matchingBlocks } from './network-rules.ts';

export interface DeclineAnswer {
  code: DeclineCode;
  stage: 'issuer' | 'processor' | 'not_sent';
  /** The bank's words. */
  raw: { response?: string; advice?: string };
  /** The scheme in lower case; `*` where it is not known. */
  network: string;
  initiator: 'customer' | 'merchant';
  at: Timestamp;
}

export interface Consequences {
  /** It came back from the network: it counts against the caps of the card. */
  counts: boolean;
  /** Ids of the blocks it puts on the card, those of a network first. */
  blocks: readonly string[];
  /** Of the charge's mandate alone, or of every mandate of its payment method. */
  hold?: Pick<ChargeHold, 'rule' | 'liftedBy'> & { of: 'mandate' | 'payment_method' };
  /** The network asks not to try this amount before then. */
  waitUntil?: Timestamp;
  /** The payer's consent is gone: every active mandate of the card ends. */
  revokes: boolean;
}

const NOTHING: Consequences = { counts: false, blocks: [], revokes: false };

/** What follows from a decline for the card and its mandates. Something that was never sent says nothing about either. */
export function consequencesOf(declined: DeclineAnswer): Consequences {
  const { code, stage, raw, initiator, at } = declined;
  if (stage === 'not_sent') return NOTHING;
  const answer = stage === 'issuer' ? networkAnswer(declined) : undefined;
  const { effect, networkWaitMs, revokesMandate } = followUp(code, answer);
  const blocks =
    stage === 'issuer' ? matchingBlocks({ code, class: declineSpec(code).class, answer }).map((row) => row.id) : [];
  const hold = initiator === 'merchant' ? HOLDS[effect] : undefined;
  const row = hold === undefined ? undefined : holdRow(hold, dateOf(at));
  return {
    counts: stage === 'issuer' && raw.response !== undefined,
    blocks: blocks.sort((a, b) => Number(a.startsWith('house.')) - Number(b.startsWith('house.'))),
    ...(row === undefined ? {} : { hold: { rule: row.id, liftedBy: row.lifted_by, of: row.key } }),
    ...(networkWaitMs === undefined ? {} : { waitUntil: plus(at, networkWaitMs) }),
    revokes: stage === 'issuer' && revokesMandate,
  };
}

/** The hold that an effect asks for; the others ask for a block, a wait or nothing. */
const HOLDS: Partial<Record<ReturnType<typeof followUp>['effect'], string>> = {
  authenticate: 'house.needs_customer',
  fix_data: 'house.needs_new_data',
};

/** The bank's words as the rules read them. */
export function networkAnswer({ network, raw, at }: Pick<DeclineAnswer, 'network' | 'raw' | 'at'>): NetworkAnswer {
  return { network, response: raw.response, advice: raw.advice, on: dateOf(at) };
}

function dateOf(at: Timestamp): string {
  return toIso(at).slice(0, 10);
}
