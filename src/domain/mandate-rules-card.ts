/**
 * The rules about the card behind a mandate: its expiry, a hold on its charges, and what banks and networks have said about it.
 */

import { toIso } from '../lib/time.ts';
import { brokenCardRules } from './card-rules.ts';
import type { ChargeHold } from './mandate.ts';
import type { Situation } from './mandate-rules.ts';
import type { Violation } from './violation.ts';

const KEPT: readonly Violation[] = [];

/** A card is good to the last day of its month, unless the tenant charges it beyond: the bank may have renewed it. */
export function cardNotExpired({ facts: { card, settings }, today }: Situation): readonly Violation[] {
  if (settings.chargeExpiredCards) return KEPT;
  const lastMonth = `${String(card.expYear).padStart(4, '0')}-${String(card.expMonth).padStart(2, '0')}`;
  if (today.slice(0, 7) <= lastMonth) return KEPT;
  const detail = `The card expired at the end of ${lastMonth}: its payer has to enter a new one.`;
  return [{ pointer: '', code: 'card_expired', detail, mayHoldFrom: 'unknown' }];
}

/** Charges stopped until something is mended. A block of the card shows as a hold too, but is the card's rule. */
export function notOnHold({ facts: { mandate } }: Situation): readonly Violation[] {
  const { chargeHold } = mandate;
  if (chargeHold === undefined || chargeHold.liftedBy === 'operator') return KEPT;
  const { rule, since, liftedBy } = chargeHold;
  const detail = `Charges are on hold since ${toIso(since)} (rule ${rule}). ${LIFTED_BY[liftedBy]}`;
  return [{ pointer: '', code: 'charge_on_hold', detail, rule, liftedBy, mayHoldFrom: 'unknown' }];
}

const LIFTED_BY: Readonly<Record<ChargeHold['liftedBy'], string>> = {
  customer_present_success: 'A payment of the same customer with this card, or a replaced card, lifts it.',
  payment_method_update: 'New card details, or a replaced card, lift it.',
  operator: 'Use another card.',
};

/** Blocks, waits and caps of the card. The mandate's sign of a block counts also where the card's own is not at hand. */
export function cardRulesKept({ facts, asked, at }: Situation): readonly Violation[] {
  const { card, settings, mandate } = facts;
  const { amountMinor, currency } = asked;
  const { chargeHold } = mandate;
  const blocked = chargeHold?.liftedBy === 'operator' ? chargeHold : undefined;
  if (card.watched === undefined && blocked === undefined) return KEPT;
  const charge = { network: card.scheme, amountMinor, currency, initiator: 'merchant', startsSeries: false } as const;
  const broken = brokenCardRules(card.watched, charge, { at, caps: settings.retryCaps });
  if (blocked === undefined || broken.some(({ rule }) => rule === blocked.rule)) return broken;
  const { rule, since, liftedBy } = blocked;
  const detail = `The bank closed this card to further charges at ${toIso(since)} (rule ${rule}). ${LIFTED_BY[liftedBy]}`;
  return [{ pointer: '', code: 'network_rule_never', detail, rule, liftedBy, mayHoldFrom: 'never' }, ...broken];
}
