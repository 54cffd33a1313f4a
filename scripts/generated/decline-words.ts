/** The words of the pages about declines: what each code means, and what each class asks of people. The facts are in `data/`. */
import type { DeclineClass, DeclineSpec } from '../../src/domain/decline.ts';
import type { DeclineCode } from '../../src/domain/decline-codes.ts';

/** One sentence a code: what has happened. */
export const MEANINGS: Record<DeclineCode, string> = {
  insufficient_funds: 'There is not enough money on the account for this amount right now.',
  amount_limit_exceeded: 'The amount is above a limit that bank or cardholder set for one payment or one day.',
  card_velocity_exceeded: 'The card was used more often in a short time than its bank allows.',
  pin_try_exceeded: 'The PIN was typed wrongly too often; the bank frees it after a while.',
  do_not_honor: 'The bank refuses and gives no reason. The most frequent answer of all.',
  generic_decline: 'The bank refuses with an answer that is not in any list we know. Never read as final.',
  call_issuer: 'The bank wants to hear from the cardholder before it decides.',
  no_action_taken: 'The bank did nothing with the request, without saying why.',
  approve_with_id: 'The bank would approve it if somebody had seen the cardholder’s identification.',
  blocked_by_issuer: 'The bank has blocked this kind of payment on the card.',
  blocked_by_cardholder: 'The cardholder has switched this kind of payment off, often in the bank’s app.',
  card_not_activated: 'The card is new and was not activated yet.',
  issuer_not_available: 'The bank could not be reached.',
  processing_error: 'Something went wrong on the way to the bank or inside it.',
  reenter_transaction: 'The bank asks for the same request again, a little later.',
  try_again_later: 'The network says: not now, but later.',
  processor_unavailable: 'The processor could not be reached, so nothing was sent. No bank has spoken.',
  authentication_required: 'The bank wants to know that it is really the payer, before it approves.',
  authentication_failed: 'The payer could not be confirmed with 3-D Secure.',
  authentication_unavailable: 'The bank’s 3-D Secure service did not work.',
  authentication_abandoned: 'The payer left the bank’s page before the end.',
  approval_declined: 'The payer said no on the bank’s page, or cancelled there.',
  approval_timeout: 'The time for the payer’s approval ran out.',
  pin_required: 'The bank wants the PIN of the card for this payment.',
  incorrect_number: 'The bank knows no card with this number.',
  invalid_expiry: 'The expiry date does not belong to this card.',
  incorrect_address: 'The billing address does not match what the bank has.',
  incorrect_holder_name: 'The name does not match what the bank has.',
  incorrect_pin: 'The PIN was wrong.',
  new_account_information_available: 'The card was replaced: its bank has a new number or expiry date.',
  incorrect_cvc: 'The security code is wrong.',
  expired_card: 'The card’s expiry date has passed.',
  single_use_card: 'The card number was made for one payment, and that has been.',
  test_card_in_live_mode: 'A test card was used in live mode.',
  token_not_accepted: 'The stored reference to the card is not accepted any more.',
  lost_card: 'The card was reported lost.',
  stolen_card: 'The card was reported stolen.',
  pickup_card: 'The bank wants the card to be kept: it must not be used again.',
  closed_account: 'The account behind the card was closed.',
  invalid_account: 'The account behind the card does not exist.',
  stop_payment_order: 'The cardholder told the bank to stop this payment.',
  revocation_of_authorization: 'The cardholder told the bank that you may not charge this agreement any more.',
  revocation_of_all_authorizations: 'The cardholder told the bank that you may not charge the card at all any more.',
  recurring_payment_cancelled: 'The cardholder cancelled the recurring payment at the bank.',
  fraudulent: 'The bank believes that this is fraud.',
  security_violation: 'The bank’s security rules stopped the payment.',
  restricted_card: 'The card may not be used for this, here or now.',
  authentication_rejected: 'The bank refused to authenticate, because it believes that this is fraud.',
  sanctioned: 'A rule against sanctioned persons or countries stopped the payment.',
  merchant_blocklist: 'The card is on the list of cards you do not accept.',
  transaction_not_allowed: 'The card cannot be used for this kind of payment.',
  not_supported: 'The card or its bank does not support what was asked for.',
  currency_not_supported: 'The card cannot be charged in this currency.',
  account_type_not_supported: 'The account behind the card is of a kind that cannot pay this way.',
  invalid_amount: 'The bank or the network does not accept this amount.',
  duplicate_transaction: 'The bank takes it for a repeat of a payment made a moment ago.',
  invalid_merchant: 'The bank or the network does not accept your merchant account for this payment.',
  format_error: 'The request did not have the form the bank expects.',
  processor_refused: 'The processor refused the request before any bank saw it.',
  regulatory_data_missing: 'Something that a regulation asks for was missing in the request.',
};

export const FIXERS: Record<DeclineSpec['fixer'], string> = {
  customer: 'the customer',
  bank: 'the bank, asked by its customer',
  merchant: 'you',
  time: 'time',
  none: 'nobody',
};

/** What each class is, and what you do about it. */
export const CLASSES: Record<DeclineClass, { what: string; you: string }> = {
  soft_funds: {
    what: 'the card is good, this amount is not available now',
    you: 'Charge again after a day or more, best after payday; or tell the customer. Charging again at once does not help and uses up tries.',
  },
  soft_technical: {
    what: 'something on the way failed',
    you: 'Charge again after an hour.',
  },
  soft_opaque: {
    what: 'the bank says no without a reason that helps',
    you: 'Try twice more at most, two days apart, then ask the customer for another card.',
  },
  authentication_required: {
    what: 'only the payer can go on',
    you: 'Bring the customer back: a payment with this card in their presence lifts the hold. So does replacing the card of the mandate.',
  },
  data: {
    what: 'what is known about the card is wrong or out of date',
    you: 'Ask the customer to enter the card anew, or to give another. New data from the processor’s card updater lift the hold by themselves.',
  },
  hard: {
    what: 'the card is dead',
    you: 'Ask the customer for another card. Do not try this one again: networks charge fees for it.',
  },
  consent: {
    what: 'the customer has withdrawn the consent at the bank',
    you: 'Stop, and talk to the customer. Charging on needs a new first_in_series session.',
  },
  risk: {
    what: 'somebody on the way believes in fraud',
    you: 'Do not try this card again without the payer. If you know the customer, ask for another card.',
  },
  product: {
    what: 'this card cannot do what was asked',
    you: 'Ask the customer for another card.',
  },
  request: {
    what: 'something is wrong with the request',
    you: 'Look at the request: once it is corrected you may charge again.',
  },
};

/** What subscriptions do after such a decline of a charge. */
export const SCHEDULER: Record<DeclineSpec['mitRetry'], string> = {
  after_24h: 'tries again on the first of the retry days that is at least 24 hours later',
  after_1h: 'tries once more after an hour, then on the retry days',
  few_spaced: 'tries at most twice more, on retry days at least 48 hours apart',
  needs_customer: 'gives this due date up; charges stop until the hold is lifted, and then it is tried again',
  needs_new_data: 'gives this due date up; charges stop until the hold is lifted, and then it is tried again',
  never: 'gives this due date up, and skips those that follow while the card is closed',
};
