/**
 * The names of all decline codes, as a type. The facts about each live in `data/decline-codes.json`, which owns the list;
 * a test holds the two equal. There are no aliases: a connector maps its own words to these.
 */

export const DECLINE_CODES = [
  // soft_funds
  'insufficient_funds',
  'amount_limit_exceeded',
  'card_velocity_exceeded',
  // soft_opaque
  'pin_try_exceeded',
  'do_not_honor',
  'generic_decline',
  'call_issuer',
  'no_action_taken',
  'approve_with_id',
  'blocked_by_issuer',
  'blocked_by_cardholder',
  'card_not_activated',
  // soft_technical
  'issuer_not_available',
  'processing_error',
  'reenter_transaction',
  'try_again_later',
  'processor_unavailable',
  // authentication_required
  'authentication_required',
  'authentication_failed',
  'authentication_unavailable',
  'authentication_abandoned',
  'approval_declined',
  'approval_timeout',
  'pin_required',
  // data
  'incorrect_number',
  'invalid_expiry',
  'incorrect_address',
  'incorrect_holder_name',
  'incorrect_pin',
  'new_account_information_available',
  'incorrect_cvc',
  'expired_card',
  'single_use_card',
  'test_card_in_live_mode',
  'token_not_accepted',
  // hard
  'lost_card',
  'stolen_card',
  'pickup_card',
  'closed_account',
  'invalid_account',
  // consent
  'stop_payment_order',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'recurring_payment_cancelled',
  // risk
  'fraudulent',
  'security_violation',
  'restricted_card',
  'authentication_rejected',
  'sanctioned',
  'merchant_blocklist',
  // product
  'transaction_not_allowed',
  'not_supported',
  'currency_not_supported',
  'account_type_not_supported',
  // request
  'invalid_amount',
  'duplicate_transaction',
  'invalid_merchant',
  'format_error',
  'processor_refused',
  'regulatory_data_missing',
] as const;

export type DeclineCode = (typeof DECLINE_CODES)[number];
