/** What the API takes and answers. Made by `npm run generate` from docs/openapi.json and the catalogue of events; do not edit. */

/** A word that this version of the SDK does not know: a newer server may have more of them. */
export type OpenWord = string & Record<never, never>;

/** One outbound operation that can move money. */
export interface Attempt {
  /** The attempt. */
  id: string;
  /** What was asked of the processor. */
  kind: 'charge' | 'authorise' | 'verify' | 'capture' | 'void' | 'refund' | OpenWord;
  /** `unknown`: sent, and nobody knows yet what became of it; we keep asking. */
  status: 'sent' | 'action_required' | 'pending' | 'unknown' | 'succeeded' | 'declined' | OpenWord;
  /** Of this operation. Minor units of ISO 4217. */
  amount: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  payment_method_details?: PaymentMethodDetails;
  /** What the payer has to do; the checkout page shows it. */
  next_action?: NextActionRedirect | NextActionThreeDs | NextActionQrCode | NextActionAwaitApproval | NextActionVoucher | NextActionBankTransfer;
  decline?: {
    code: string;
    class: string;
    /** Who said no. */
    stage: 'issuer' | 'processor' | 'not_sent' | OpenWord;
  };
  /** What we saw while the outcome was unknown, newest last. */
  evidence?: Evidence[];
  /** What you called this capture. */
  external_reference?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** When it was written, before the call. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When its end was known. ISO 8601, UTC, milliseconds. */
  settled_at?: string;
}

/** How the checkout pages of an account look; test and live apart. */
export interface Branding {
  /** What payers call you. Default: the name of the account. */
  display_name: string;
  /** Who charges, in the text of mandates. Default: the name of the account. */
  legal_name: string;
  /** Of the button. Default `#1f5eff`. `#rrggbb`. */
  brand_color: string;
  /** Of the page. Default `#ffffff`. `#rrggbb`. */
  background_color: string;
  /** Of links. Default: the brand’s. `#rrggbb`. */
  accent_color: string;
  /** Of the page on dark screens. Default: a near-black of the same hue. `#rrggbb`. */
  dark_background_color: string;
  /** Which screens it is made for. Default auto: as the payer’s device is set. */
  color_scheme: 'auto' | 'light' | 'dark' | OpenWord;
  /** Pixels. Default 8. */
  corner_radius: number;
  /** Default rounded. */
  button_shape: 'rounded' | 'pill' | OpenWord;
  /** Faces that devices have, or `uploaded`: the files `font_regular` and `font_bold`. Default system. */
  font: 'system' | 'humanist' | 'geometric' | 'serif' | 'slab' | 'mono' | 'uploaded' | OpenWord;
  /** What the button says, in the language of the page. Default pay. */
  button_verb: 'pay' | 'book' | 'donate' | 'order' | 'subscribe' | OpenWord;
  /** What the payer’s statement will show, told on the receipt. */
  statement_name?: string;
  /** Your terms. https. */
  terms_url?: string;
  /** Your privacy notice. https. */
  privacy_url?: string;
  support: {
    email?: string;
    phone?: string;
    /** A page of help. https. */
    url?: string;
  };
  texts: {
    /** Above what is paid. */
    header?: Record<string, string>;
    /** Below the button. */
    submit?: Record<string, string>;
    /** At the end of every page. */
    footer?: Record<string, string>;
  };
  /** The line at the end of the page. Default true. */
  show_powered_by: boolean;
  /** `strict` refuses what `repair` would change. Default repair. */
  contrast: 'repair' | 'strict' | OpenWord;
  logo_light?: BrandingFile;
  logo_dark?: BrandingFile;
  icon?: BrandingFile;
  fonts: {
    regular?: BrandingFile;
    bold?: BrandingFile;
  };
  /** Made from the colours above. */
  derived: {
    light: BrandingTokens;
    dark: BrandingTokens;
  };
  /** What of the colours above could not be used as it was set. */
  contrast_report: ContrastRepair[];
  /** Grows with every change; 0: nothing was ever set. */
  version: number;
}

/** A file as it is served. */
export interface BrandingFile {
  url: string;
  /** Media type. */
  type: string;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  bytes: number;
}

/** Where a draft can be looked at, and what became of its colours. */
export interface BrandingPreview {
  /** The page to pay on. Other pages: another last part of the path. */
  url: string;
  /** Until when the link works. ISO 8601, UTC, milliseconds. */
  expires_at: string;
  /** Made from the colours above. */
  derived: {
    light: BrandingTokens;
    dark: BrandingTokens;
  };
  /** What of the colours above could not be used as it was set. */
  contrast_report: ContrastRepair[];
}

export interface BrandingReplacement {
  /** What payers call you. Default: the name of the account. */
  display_name?: string;
  /** Who charges, in the text of mandates. Default: the name of the account. */
  legal_name?: string;
  /** Of the button. Default `#1f5eff`. `#rrggbb`. */
  brand_color?: string;
  /** Of the page. Default `#ffffff`. `#rrggbb`. */
  background_color?: string;
  /** Of links. Default: the brand’s. `#rrggbb`. */
  accent_color?: string;
  /** Of the page on dark screens. Default: a near-black of the same hue. `#rrggbb`. */
  dark_background_color?: string;
  /** Which screens it is made for. Default auto: as the payer’s device is set. */
  color_scheme?: 'auto' | 'light' | 'dark';
  /** Pixels. Default 8. */
  corner_radius?: number;
  /** Default rounded. */
  button_shape?: 'rounded' | 'pill';
  /** Faces that devices have, or `uploaded`: the files `font_regular` and `font_bold`. Default system. */
  font?: 'system' | 'humanist' | 'geometric' | 'serif' | 'slab' | 'mono' | 'uploaded';
  /** What the button says, in the language of the page. Default pay. */
  button_verb?: 'pay' | 'book' | 'donate' | 'order' | 'subscribe';
  /** What the payer’s statement will show, told on the receipt. */
  statement_name?: string;
  /** Your terms. https. */
  terms_url?: string;
  /** Your privacy notice. https. */
  privacy_url?: string;
  /** Who helps a payer; the first of them stands in mandates. */
  support?: {
    email?: string;
    phone?: string;
    /** A page of help. https. */
    url?: string;
  };
  /** Plain text by language tag; a language without one takes that of its base language, of `default_locale`, of English, or none. */
  texts?: {
    /** Above what is paid. */
    header?: Record<string, string>;
    /** Below the button. */
    submit?: Record<string, string>;
    /** At the end of every page. */
    footer?: Record<string, string>;
  };
  /** The line at the end of the page. Default true. */
  show_powered_by?: boolean;
  /** `strict` refuses what `repair` would change. Default repair. */
  contrast?: 'repair' | 'strict';
}

/** Every colour of the page in one scheme: text has 4.5:1 on what it stands on, what is operated 3:1. */
export interface BrandingTokens {
  page: string;
  surface: string;
  line: string;
  text: string;
  muted: string;
  link: string;
  danger: string;
  success: string;
  warning: string;
  danger_soft: string;
  success_soft: string;
  warning_soft: string;
  border: string;
  icon: string;
  button: string;
  button_text: string;
  button_hover: string;
  button_border?: string;
  focus: string[];
}

export interface CaptureCreate {
  /** What to capture; all that remains if left out. Minor units of ISO 4217. */
  amount?: number;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
  /** At most 20 pairs; keys of 1–50 characters, values strings of at most 500. */
  metadata?: Record<string, string>;
}

/** A language of the page. */
export interface CheckoutLocale {
  /** BCP 47. */
  tag: string;
  /** The language in itself. */
  name: string;
  /** Whether a native speaker has read the page, and the text of mandates. While the latter was not, the English text stands beneath it. */
  reviewed: {
    page: boolean;
    mandate: boolean;
  };
}

/** How the checkout pages of an account behave; test and live apart. */
export interface CheckoutSettings {
  /** `minimal`: the page gives no reason that a thief could learn from; the API still does. Default helpful. */
  decline_detail: 'helpful' | 'minimal' | OpenWord;
  /** Whether the page asks for it. Default off. */
  name_on_card: 'off' | 'optional' | 'required' | OpenWord;
  /** Whether the page asks for one, where the customer has none. Default off. */
  collect_email: 'off' | 'optional' | 'required' | OpenWord;
  /** Whether a saved card asks for its security code. Default required. */
  saved_card_security_code: 'required' | 'not_required' | OpenWord;
  /** How a payer agrees to later charges: by the button, or by a box above it. Default button. */
  mandate_consent: 'button' | 'checkbox' | OpenWord;
  /** `receipt`: the payer stays on it, and returns by the button. Default return. */
  after_payment: 'return' | 'receipt' | OpenWord;
  /** False where something is held for the payer for a fixed time. Default true. */
  more_time: boolean;
  /** In which order other ways to pay than cards stand. Default: ours. */
  method_order: Array<'card' | 'pay_by_bank' | 'wallet_qr' | 'mobile_money' | 'voucher' | OpenWord>;
  /** Origins whose pages may frame an embedded page. Default none; in test mode http://localhost:*. */
  allowed_origins: string[];
  /** Hosts that a `return_url` may name, or schemes of apps such as `shop://`. Default none: then live mode takes no `return_url`, test mode any. */
  return_url_hosts: string[];
  /** The language of the page where neither payer nor session asks for one. Default en. */
  default_locale: string;
  /** IANA name of the zone in which the page tells times. Default UTC. */
  time_zone: string;
  /** Days before the amount or the dates of a mandate change that you promise to tell the payer. Absent: no promise. */
  notice_days?: number;
  limits: {
    /** Failed tries with cards before a page closes them. Default 5. */
    attempts: number;
    /** Failed tries of one card on one page. Default 3. */
    per_card: number;
    /** Wrong security codes of one card on one page. Default 3. */
    security_codes: number;
  };
  /** What is false is not offered, whatever the processor supports. */
  methods: {
    card: boolean;
    pay_by_bank: boolean;
    wallet_qr: boolean;
    mobile_money: boolean;
    voucher: boolean;
  };
  /** Read only: what the page speaks. */
  locales: CheckoutLocale[];
}

export interface CheckoutSettingsReplacement {
  /** `minimal`: the page gives no reason that a thief could learn from; the API still does. Default helpful. */
  decline_detail?: 'helpful' | 'minimal';
  /** Whether the page asks for it. Default off. */
  name_on_card?: 'off' | 'optional' | 'required';
  /** Whether the page asks for one, where the customer has none. Default off. */
  collect_email?: 'off' | 'optional' | 'required';
  /** Whether a saved card asks for its security code. Default required. */
  saved_card_security_code?: 'required' | 'not_required';
  /** How a payer agrees to later charges: by the button, or by a box above it. Default button. */
  mandate_consent?: 'button' | 'checkbox';
  /** Days before the amount or the dates of a mandate change that you promise to tell the payer. Absent: no promise. */
  notice_days?: number;
  /** `receipt`: the payer stays on it, and returns by the button. Default return. */
  after_payment?: 'return' | 'receipt';
  /** False where something is held for the payer for a fixed time. Default true. */
  more_time?: boolean;
  limits?: {
    /** Failed tries with cards before a page closes them. Default 5. */
    attempts?: number;
    /** Failed tries of one card on one page. Default 3. */
    per_card?: number;
    /** Wrong security codes of one card on one page. Default 3. */
    security_codes?: number;
  };
  methods?: {
    card?: boolean;
    pay_by_bank?: boolean;
    wallet_qr?: boolean;
    mobile_money?: boolean;
    voucher?: boolean;
  };
  /** In which order other ways to pay than cards stand. Default: ours. */
  method_order?: Array<'card' | 'pay_by_bank' | 'wallet_qr' | 'mobile_money' | 'voucher'>;
  /** Origins whose pages may frame an embedded page. Default none; in test mode http://localhost:*. */
  allowed_origins?: string[];
  /** Hosts that a `return_url` may name, or schemes of apps such as `shop://`. Default none: then live mode takes no `return_url`, test mode any. */
  return_url_hosts?: string[];
  /** The language of the page where neither payer nor session asks for one. Default en. */
  default_locale?: string;
  /** IANA name of the zone in which the page tells times. Default UTC. */
  time_zone?: string;
}

/** A colour that could not be used as it was set. */
export interface ContrastRepair {
  /** Of which pages. */
  scheme: 'light' | 'dark' | OpenWord;
  token: string;
  original: string;
  used: string;
  /** Contrast of the original. */
  ratio: number;
  needed: number;
  reason: string;
}

/** Somebody who pays more than once. */
export interface Customer {
  /** The customer. */
  id: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  name?: string;
  email?: string;
  phone?: string;
  external_reference?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** Only in the event of its deletion. */
  deleted?: boolean;
  /** When it was created. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

export interface CustomerCreate {
  name?: string;
  /** An e-mail address. */
  email?: string;
  /** A phone number. */
  phone?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
  /** At most 20 pairs; keys of 1–50 characters, values strings of at most 500. */
  metadata?: Record<string, string>;
}

/** One event on its way to one endpoint. */
export interface Delivery {
  /** The delivery. */
  id: string;
  /** The event that is delivered. */
  event_id: string;
  /** Its type. */
  event_type: string;
  /** Where it goes. */
  webhook_endpoint_id: string;
  /** `exhausted`: given up after the last try, or because the endpoint was deleted. */
  status: 'pending' | 'succeeded' | 'exhausted' | OpenWord;
  /** When it is tried next. Absent when it ended, or waits for an earlier event of the same object. ISO 8601, UTC, milliseconds. */
  next_attempt_at?: string;
  /** Oldest first. */
  tries: DeliveryTry[];
  /** When it was created. ISO 8601, UTC, milliseconds. */
  created_at: string;
}

export interface DeliveryTry {
  /** From 1. */
  number: number;
  /** When it began. ISO 8601, UTC, milliseconds. */
  at: string;
  /** Milliseconds it took. */
  latency_ms: number;
  /** HTTP status of the answer, when there was one. */
  status?: number;
  /** Why it did not succeed. `dns_failed`: The name of the host could not be resolved. `connect_refused`: The host refused the connection, or no way leads there. `connect_timeout`: No connection could be made in time. `tls_failed`: The TLS handshake failed; the certificate may be invalid for this name. `response_timeout`: No whole answer came in time. `response_too_large`: The head of the answer was too long. `address_not_allowed`: The host resolves to an address that webhooks are not sent to. `http_status`: The answer was not 2xx. Redirects are not followed. `connection_reset`: The connection was closed before a whole answer had come. `response_unreadable`: The answer was not HTTP. */
  failure?: 'dns_failed' | 'connect_refused' | 'connect_timeout' | 'tls_failed' | 'response_timeout' | 'response_too_large' | 'address_not_allowed' | 'http_status' | 'connection_reset' | 'response_unreadable' | OpenWord;
  /** The first 4 kB of the answer. */
  answer: string;
  /** What was sent. Its body is the event, byte for byte as `GET /collect/events/{id}` answers it. */
  request?: {
    /** Where it was sent. */
    url: string;
    /** As they were sent, signatures included. */
    headers: Record<string, string>;
  };
}

/** A fact, written together with the change it reports. */
export interface Event {
  /** The event; the same on every try to deliver it. */
  id: string;
  /** What happened. */
  type: 'payment_session.created' | 'payment_session.updated' | 'payment_session.completed' | 'payment_session.expired' | 'payment_session.cancelled' | 'payment.attempt_failed' | 'payment.succeeded' | 'payment.failed' | 'payment.captured' | 'payment.voided' | 'payment.refunded' | 'payment.review_needed' | 'payment.review_resolved' | 'refund.created' | 'refund.updated' | 'mandate.activated' | 'mandate.updated' | 'mandate.revoked' | 'mandate.ended' | 'subscription.created' | 'subscription.updated' | 'subscription.payment_failed' | 'subscription.ended' | 'customer.created' | 'customer.updated' | 'customer.deleted' | 'payment_method.saved' | 'payment_method.updated' | 'payment_method.removed' | 'webhook_endpoint.created' | 'webhook_endpoint.updated' | 'webhook_endpoint.deleted' | 'webhook_endpoint.ping' | 'webhook_endpoint.disabled' | OpenWord;
  /** When it happened. ISO 8601, UTC, milliseconds. */
  timestamp: string;
  /** Rises by one from event to event, without gaps, and never contradicts the order of changes of one object. */
  sequence: number;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** The whole object as it was after the change. */
  data: Record<string, unknown>;
}

/** What was seen of the processor; no card number, code or key is in it. */
export interface Evidence {
  /** When it was seen. ISO 8601, UTC, milliseconds. */
  at?: string;
  /** In a word: timeout, reset, unreadable, contradiction, … */
  why?: string;
  /** What was asked of the processor. */
  operation?: string;
  /** HTTP status of its answer. */
  status?: number;
  /** How long it took, in milliseconds. */
  latency_ms?: number;
  /** Size of its answer. */
  bytes?: number;
  /** A sentence for people. */
  detail?: string;
  /** The beginning of its answer, at most 2 KiB. */
  body?: string;
  /** What stood in our records. */
  recorded?: string;
  /** What the processor said instead. */
  told?: string;
  /** What was done about it. */
  money?: string;
  /** Our key of the refund by which it was given back. */
  request_key?: string;
}

/** The sums of all entries: zero together. */
export interface LedgerBalance {
  /** What the payer gains by it. Minor units of ISO 4217. */
  payer: number;
  /** What is reserved at the bank by it, or no longer. Minor units of ISO 4217. */
  held: number;
  /** What you gain by it. Minor units of ISO 4217. */
  collected: number;
}

/** One movement of money; its three sums are zero together. */
export interface LedgerEntry {
  /** The attempt that moved it. */
  attempt_id: string;
  /** What moved. `lapse`: the authorisation ran out. `…_failed`: taken back after it had been reported as done. */
  kind: 'charge' | 'authorise' | 'capture' | 'void' | 'refund' | 'lapse' | 'capture_failed' | 'void_failed' | 'refund_failed' | OpenWord;
  /** What the payer gains by it. Minor units of ISO 4217. */
  payer: number;
  /** What is reserved at the bank by it, or no longer. Minor units of ISO 4217. */
  held: number;
  /** What you gain by it. Minor units of ISO 4217. */
  collected: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  /** When it was known. ISO 8601, UTC, milliseconds. */
  created_at: string;
}

/** What a payer agreed may be charged without them. */
export interface Mandate {
  /** The mandate. */
  id: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** The last two are final. */
  status: 'active' | 'revoked' | 'ended' | OpenWord;
  /** Why it is no longer active. */
  status_reason?: string;
  /** When charges may come. */
  type: 'on_demand' | 'scheduled' | 'installment' | OpenWord;
  /** Who agreed. */
  customer_id: string;
  /** What is charged. */
  payment_method_id: string;
  /** The session in which the payer agreed. */
  payment_session_id: string;
  /** The first payment of the series. */
  initial_payment_id: string;
  /** The subscription that charges it by itself. */
  subscription_id?: string;
  /** The mandate whose card this one replaced. */
  replaces_mandate_id?: string;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  /** Of each charge. */
  amount?: number | {
    /** The least of one charge. Minor units of ISO 4217. */
    min?: number;
    /** The most of one charge. Minor units of ISO 4217. */
    max?: number;
  };
  /** True when no maximum was set; left out otherwise. */
  unlimited?: boolean;
  /** The dates on which charges fall due. */
  recurrence?: {
    /** The unit. */
    type: 'daily' | 'weekly' | 'monthly' | 'yearly' | OpenWord;
    /** Every so many units, from `anchor_date`. */
    interval_count: number;
    /** Which days of the unit. */
    on?: Record<string, unknown>;
  };
  validity_period?: {
    /** First day. */
    start_date?: string;
    /** Last day. */
    end_date?: string;
  };
  /** How many charges may count. */
  max_occurrences?: number;
  period_limits?: Array<{
    /** What is counted together. */
    period: 'day' | 'week' | 'month' | 'year' | OpenWord;
    /** Charges in one period. */
    max_count?: number;
    /** Their sum in one period. Minor units of ISO 4217. */
    max_amount?: number;
    /** Calendar periods, or cycles from an anchor. */
    window: Record<string, unknown>;
  }>;
  spacing?: {
    min_interval: {
      /** The unit. */
      unit: 'hour' | 'day' | 'week' | 'month' | OpenWord;
      /** How many. */
      count: number;
    };
  };
  allowed_days?: Array<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun' | OpenWord>;
  retry?: {
    /** Tries of one charge, the first included. */
    max_attempts?: number;
    /** Between two tries. */
    min_interval_hours?: number;
  };
  /** The first payment and all instalments together. Minor units of ISO 4217. */
  total_amount?: number;
  /** The instalments as they were agreed. */
  terms?: Record<string, unknown>;
  instalments?: Array<{
    /** 1, 2, … */
    number: number;
    /** Not charged before this local date. */
    due_date: string;
    /** What is due. Minor units of ISO 4217. */
    amount: number;
    /** Only where one mandate is asked for. */
    status?: 'due' | 'open' | 'paid' | OpenWord;
    /** What pays it. Only where one mandate is asked for. */
    payment_id?: string;
  }>;
  /** IANA zone of every date here. */
  time_zone: string;
  /** What recurrences and cycles count from. */
  anchor_date: string;
  /** While charges are stopped. */
  charge_hold?: {
    /** The rule that stopped charges. */
    rule: string;
    /** Since when. ISO 8601, UTC, milliseconds. */
    since: string;
    /** What lets them go on. */
    lifted_by: 'customer_present_success' | 'payment_method_update' | 'operator' | OpenWord;
  };
  /** What the payer agreed to and how. Only where one mandate is asked for. */
  consent?: {
    /** What the payer read. */
    text: string;
    /** SHA-256 of the text in UTF-8, hexadecimal. */
    text_hash: string;
    /** Its language. */
    locale: string;
    /** Of the sentences it was made from. */
    catalogue_version: string;
    /** What the payer did. */
    action: 'button' | 'checkbox' | OpenWord;
    /** When. ISO 8601, UTC, milliseconds. */
    accepted_at: string;
    /** The payer's address. */
    ip?: string;
    /** The payer's browser. */
    user_agent?: string;
  };
  /** What was taken under it, over replaced cards too. Only where one mandate is asked for. */
  usage?: {
    /** Succeeded and not voided. */
    counted: {
      /** Charges. */
      count: number;
      /** Their sum. */
      amount: number;
    };
    /** Under way: reserved until their end is known. */
    open: {
      /** Charges. */
      count: number;
      /** Their sum. */
      amount: number;
    };
    /** When the newest of them began. ISO 8601, UTC, milliseconds. */
    last_charge_at?: string;
    /** One for each period limit, in their order. */
    period_limits: Array<{
      /** Of the limit. */
      period: 'day' | 'week' | 'month' | 'year' | OpenWord;
      /** First day of the period of today. */
      window_start: string;
      /** Its last day. */
      window_end: string;
      /** Charges in it. */
      used_count: number;
      /** Their sum. */
      used_amount: number;
    }>;
  };
  description?: string;
  external_reference?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** When the first payment succeeded. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
  /** When it was revoked. ISO 8601, UTC, milliseconds. */
  revoked_at?: string;
  /** When it ended. ISO 8601, UTC, milliseconds. */
  ended_at?: string;
}

/** Whether a mandate allows a charge. */
export interface MandateCheck {
  /** True when no rule forbids it. */
  allowed: boolean;
  /** Every rule that forbids it. */
  violations: Array<{
    /** JSON Pointer into the request; empty for the request as a whole. */
    pointer: string;
    /** The rule. */
    code: string;
    /** What it says, for people. */
    detail: string;
    /** What it allows: a count, or minor units. */
    limit?: number;
    /** What is used of that already. */
    used?: number;
    /** The hold, block or network rule behind it. */
    rule?: string;
  }>;
  /** The first instant at which nothing forbids it, where that is known. ISO 8601, UTC, milliseconds. */
  next_allowed_at?: string;
}

export interface MandateCheckRequest {
  /** What would be charged. Minor units of ISO 4217. */
  amount: number;
  /** ISO 4217 alphabetic code, in any case. */
  currency: string;
  /** When: from now to 5 years ahead. Default now. */
  at?: string;
}

/** What was agreed and what was charged, as one document. */
export interface MandateEvidence {
  mandate: Mandate;
  /** What the payer read and did, as it was written down. */
  consent: {
    /** When the payer agreed. ISO 8601, UTC, milliseconds. */
    accepted_at: string;
  };
  initial_payment: Payment;
  /** Newest first, at most 1,000. */
  charges: Array<{
    /** The payment. */
    payment_id: string;
    /** The mandate of the series it was charged under. */
    mandate_id: string;
    /** What was asked. Minor units of ISO 4217. */
    amount: number;
    /** Authorised and not voided. Minor units of ISO 4217. */
    counted_amount: number;
    /** Under way, succeeded, or declined and voided. */
    state: 'open' | 'counted' | 'released' | OpenWord;
    /** The local date it counts for. */
    effective_date: string;
    /** The date of the recurrence that it takes. */
    occurrence?: string;
    /** The instalment that it pays. */
    instalment?: number;
    /** When it was begun. ISO 8601, UTC, milliseconds. */
    started_at: string;
  }>;
  /** True when there are older ones: see the list of payments. */
  more_charges?: boolean;
}

/** first_in_series only: what the payer agrees to. It is shown on the page and held against every later charge. */
export interface MandateOptions {
  /** When charges may be made. Default on_demand. */
  type?: 'on_demand' | 'scheduled' | 'installment';
  /** Of one charge. Default: up to the amount of the session. Not for installment. */
  amount?: number | {
    /** At least. Default 1. Minor units of ISO 4217. */
    min?: number;
    /** At most. Minor units of ISO 4217. */
    max?: number;
  };
  /** On which dates. Without `on`: the day that the series begins on. */
  recurrence?: {
    /** Which fields follow. */
    type: 'daily';
    /** Every so many days. Default 1. */
    interval_count?: number;
  } | {
    /** Which fields follow. */
    type: 'weekly';
    /** Every so many weeks. Default 1. */
    interval_count?: number;
    on?: {
      /** Which fields follow. */
      type?: 'day_of_week';
      /** Absent: the weekday that the series begins on. */
      days: Array<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'>;
    };
  } | {
    /** Which fields follow. */
    type: 'monthly';
    /** Every so many months. Default 1. */
    interval_count?: number;
    on?: {
      /** Which fields follow. */
      type: 'day_of_month';
      /** Days of the month. */
      days: Array<number | -1>;
      /** Where a date goes that falls on Saturday or Sunday; never into another month. Bank holidays are not known. Default none. */
      adjustment?: 'none' | 'next_weekday' | 'previous_weekday' | 'nearest_weekday';
    } | {
      /** Which fields follow. */
      type: 'nth_day_of_month';
      /** 1 to 4, or -1 for the last. */
      ordinal: number | -1;
      /** A day of the week. */
      weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
    };
  } | {
    /** Which fields follow. */
    type: 'yearly';
    /** Every so many years. Default 1. */
    interval_count?: number;
    on?: {
      /** Which fields follow. */
      type: 'day_of_year';
      /** The month of the year. */
      month: number;
      /** 1 to 31, or -1 for the last day. Where a month has no such day, its last one. */
      day: number | -1;
      /** Where a date goes that falls on Saturday or Sunday; never into another month. Bank holidays are not known. Default none. */
      adjustment?: 'none' | 'next_weekday' | 'previous_weekday' | 'nearest_weekday';
    } | {
      /** Which fields follow. */
      type: 'nth_day_of_month';
      /** 1 to 4, or -1 for the last. */
      ordinal: number | -1;
      /** A day of the week. */
      weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
      /** The month of the year. */
      month: number;
    };
  };
  /** When charges may be made. Default: from now on, without end. */
  validity_period?: {
    /** The first day, today at the earliest. A date, in the time zone of the mandate. */
    start_date?: string;
    /** The last day, at most 30 years ahead. A date, in the time zone of the mandate. */
    end_date?: string;
  };
  /** How many charges. Not for installment. */
  max_occurrences?: number;
  /** How many charges, or how much, in a day, week, month or year. Not for installment. */
  period_limits?: {
    /** How long a window is. */
    period: 'day' | 'week' | 'month' | 'year';
    /** Charges in one window. */
    max_count?: number;
    /** All charges of one window together. Minor units of ISO 4217. */
    max_amount?: number;
    /** Which days count together. A limit of a day has no cycle. */
    window?: {
      /** Whole days, weeks from Monday, months or years. The default. */
      mode: 'calendar';
    } | {
      /** From one anchor day to the day before the next. */
      mode: 'cycle';
      /** One that fits the period. Absent: the day that the series begins on. */
      anchor?: {
        /** Which fields follow. */
        type: 'day_of_week';
        /** A day of the week. */
        day: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
      } | {
        /** Which fields follow. */
        type: 'day_of_month';
        /** The day of the month. */
        day: number;
      } | {
        /** Which fields follow. */
        type: 'day_of_year';
        /** The month of the year. */
        month: number;
        /** The day of that month. */
        day: number;
      };
    };
  } | Array<{
    /** How long a window is. */
    period: 'day' | 'week' | 'month' | 'year';
    /** Charges in one window. */
    max_count?: number;
    /** All charges of one window together. Minor units of ISO 4217. */
    max_amount?: number;
    /** Which days count together. A limit of a day has no cycle. */
    window?: {
      /** Whole days, weeks from Monday, months or years. The default. */
      mode: 'calendar';
    } | {
      /** From one anchor day to the day before the next. */
      mode: 'cycle';
      /** One that fits the period. Absent: the day that the series begins on. */
      anchor?: {
        /** Which fields follow. */
        type: 'day_of_week';
        /** A day of the week. */
        day: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
      } | {
        /** Which fields follow. */
        type: 'day_of_month';
        /** The day of the month. */
        day: number;
      } | {
        /** Which fields follow. */
        type: 'day_of_year';
        /** The month of the year. */
        month: number;
        /** The day of that month. */
        day: number;
      };
    };
  }>;
  spacing?: {
    min_interval: {
      /** Hours are elapsed time, the others local dates. */
      unit: 'hour' | 'day' | 'week' | 'month';
      /** At most 720 hours, 365 days, 52 weeks or 24 months. */
      count: number;
    };
  };
  /** Days on which charges may be made. Default all. */
  allowed_days?: Array<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'>;
  /** One field at least. */
  retry?: {
    /** Tries of one charge, the first included. */
    max_attempts?: number;
    /** Between two tries. */
    min_interval_hours?: number;
  };
  /** installment only: the first payment and all instalments together. Minor units of ISO 4217. */
  total_amount?: number;
  /** installment only: the instalments after the first payment, which counts toward the total. */
  terms?: {
    /** Which fields follow. */
    type: 'periodic';
    /** Each instalment; the last is what remains of the total. Minor units of ISO 4217. */
    amount: number;
    /** On which dates. Without `on`: the day that the series begins on. */
    recurrence: {
      /** Which fields follow. */
      type: 'daily';
      /** Every so many days. Default 1. */
      interval_count?: number;
    } | {
      /** Which fields follow. */
      type: 'weekly';
      /** Every so many weeks. Default 1. */
      interval_count?: number;
      on?: {
        /** Which fields follow. */
        type?: 'day_of_week';
        /** Absent: the weekday that the series begins on. */
        days: Array<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'>;
      };
    } | {
      /** Which fields follow. */
      type: 'monthly';
      /** Every so many months. Default 1. */
      interval_count?: number;
      on?: {
        /** Which fields follow. */
        type: 'day_of_month';
        /** Days of the month. */
        days: Array<number | -1>;
        /** Where a date goes that falls on Saturday or Sunday; never into another month. Bank holidays are not known. Default none. */
        adjustment?: 'none' | 'next_weekday' | 'previous_weekday' | 'nearest_weekday';
      } | {
        /** Which fields follow. */
        type: 'nth_day_of_month';
        /** 1 to 4, or -1 for the last. */
        ordinal: number | -1;
        /** A day of the week. */
        weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
      };
    } | {
      /** Which fields follow. */
      type: 'yearly';
      /** Every so many years. Default 1. */
      interval_count?: number;
      on?: {
        /** Which fields follow. */
        type: 'day_of_year';
        /** The month of the year. */
        month: number;
        /** 1 to 31, or -1 for the last day. Where a month has no such day, its last one. */
        day: number | -1;
        /** Where a date goes that falls on Saturday or Sunday; never into another month. Bank holidays are not known. Default none. */
        adjustment?: 'none' | 'next_weekday' | 'previous_weekday' | 'nearest_weekday';
      } | {
        /** Which fields follow. */
        type: 'nth_day_of_month';
        /** 1 to 4, or -1 for the last. */
        ordinal: number | -1;
        /** A day of the week. */
        weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
        /** The month of the year. */
        month: number;
      };
    };
    /** How many instalments. */
    max_occurrences: number;
  } | {
    /** Which fields follow. */
    type: 'fixed';
    /** Every instalment. */
    items: Array<{
      /** This instalment. Minor units of ISO 4217. */
      amount: number;
      /** After today, and after the one before. A date, in the time zone of the mandate. */
      due_date: string;
    }>;
  };
  /** IANA name, fixed for life. Default: the time zone of the account. */
  time_zone?: string;
  /** Puts another card on this mandate, which keeps its terms: sent alone, with an amount of 0. */
  replaces_mandate_id?: string;
}

export interface MandateRevoke {
  /** Default merchant_request. */
  reason?: 'merchant_request' | 'customer_request';
}

/** A webhook endpoint as its creation and a new secret show it. */
export interface NewWebhookEndpoint {
  /** The endpoint. */
  id: string;
  /** Where events are sent by POST. */
  url: string;
  /** Your own words. */
  description?: string;
  /** Types of events that are sent; `*` for all. */
  event_types: string[];
  /** Nothing is sent to a disabled endpoint. */
  enabled: boolean;
  /** `requested`: by you. `failing`: no delivery succeeded for five days. `gone`: the receiver answered 410. */
  disabled_reason?: 'requested' | 'failing' | 'gone' | OpenWord;
  /** When it was disabled. ISO 8601, UTC, milliseconds. */
  disabled_at?: string;
  /** `per_object` (default): a later event of an object waits until the earlier ones are delivered or given up. `none`: nothing waits. */
  ordering: 'per_object' | 'none' | OpenWord;
  /** Most requests to it at once from each process that delivers; 8 by default. While none succeeds, no more than 8. */
  concurrency: number;
  /** Until then the secret before the present one signs too. Absent when the secret was not replaced. ISO 8601, UTC, milliseconds. */
  previous_secret_valid_until?: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** When it was created. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
  /** Signs every delivery (Standard Webhooks). Shown here and never again. */
  secret: string;
}

export interface NextActionAwaitApproval {
  /** The payer is asked on the phone. */
  type: 'await_approval';
  /** The app that asks. */
  app_name: string;
  /** The phone, masked: its last two digits. */
  destination: string;
  /** Until when the payer can do it. ISO 8601, UTC, milliseconds. */
  expires_at: string;
}

export interface NextActionBankTransfer {
  /** The payer sends money from their bank. */
  type: 'bank_transfer_details';
  /** The account. */
  lines: Array<{
    label: string;
    value: string;
  }>;
  /** By which the payment is found. */
  reference: string;
  /** Until when the payer can do it. ISO 8601, UTC, milliseconds. */
  expires_at: string;
}

export interface NextActionQrCode {
  /** The payer scans a code. */
  type: 'qr_code';
  /** What the code holds. */
  payload: string;
  /** The same for typing. */
  copy_text: string;
  /** Opens the app on this device. */
  deep_link?: string;
  /** Until when the payer can do it. ISO 8601, UTC, milliseconds. */
  expires_at: string;
}

export interface NextActionRedirect {
  /** The payer goes to another page and comes back. */
  type: 'redirect';
  /** Where to. */
  url: string;
  /** How. */
  method: 'GET' | 'POST' | OpenWord;
  /** What is posted there. */
  fields?: Record<string, string>;
  /** Until when the payer can do it. ISO 8601, UTC, milliseconds. */
  expires_at: string;
}

export interface NextActionThreeDs {
  /** The bank asks the holder of the card. */
  type: 'three_ds';
  /** Where `creq` is posted to. */
  acs_url: string;
  /** What is posted there. */
  creq: string;
  /** The bank’s silent look at the browser. */
  method_url?: string;
  /** Until when the payer can do it. ISO 8601, UTC, milliseconds. */
  expires_at: string;
}

export interface NextActionVoucher {
  /** The payer pays with a code at a till. */
  type: 'voucher';
  /** The code. */
  code: string;
  /** Where it is taken. */
  pay_at: string;
  /** What to do there, in order. */
  steps: string[];
  /** Until when the payer can do it. ISO 8601, UTC, milliseconds. */
  expires_at: string;
}

/** What the attempts of one session add up to. */
export interface Payment {
  /** The payment. */
  id: string;
  /** Its session; a session has at most one payment. */
  payment_session_id: string;
  /** `succeeded` under manual capture means authorised: the amounts say the rest. */
  status: 'draft' | 'initiating' | 'pending_action' | 'processing' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | OpenWord;
  /** A verification moves no money. */
  intent: 'payment' | 'payment_method_verification' | OpenWord;
  /** Who started it. */
  initiator: 'customer' | 'merchant' | OpenWord;
  /** Manual: authorised first, captured by you. */
  capture_method: 'automatic' | 'manual' | OpenWord;
  /** What is to be paid. Minor units of ISO 4217. */
  amount: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  /** Authorised; never changes once set. Minor units of ISO 4217. */
  authorised_amount: number;
  /** Taken: charged at once, or captured. Minor units of ISO 4217. */
  paid_amount: number;
  /** Released without capture: voided, or lapsed with the authorisation. Minor units of ISO 4217. */
  voided_amount: number;
  /** Given back. Minor units of ISO 4217. */
  refunded_amount: number;
  /** Under manual capture: capture before this. ISO 8601, UTC, milliseconds. */
  authorisation_expires_at?: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** Your reference of the session. */
  external_reference?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** The customer, once known. */
  customer_id?: string;
  /** The saved method used or made. */
  payment_method_id?: string;
  /** The mandate made or charged. */
  mandate_id?: string;
  /** The subscription it began, or that charged it. */
  subscription_id?: string;
  /** The due date of the subscription it was charged for. */
  due_date?: string;
  /** Which try of that due date. */
  attempt_number?: number;
  /** The instalment it pays. */
  instalment_number?: number;
  payment_method_details?: PaymentMethodDetails;
  /** What the processor's reports show. */
  reconciliation_reference: string;
  last_payment_error?: PaymentError;
  review?: PaymentReview;
  /** When it was created. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

/** Why the last attempt did not succeed; gone after the next success. */
export interface PaymentError {
  /** What kind of failure. */
  error_code: 'payment_declined' | 'processor_unavailable' | OpenWord;
  /** The decline code, one word per cause. */
  decline_code: string;
  /** The class of the decline code: it says what may be tried again, and when. */
  class: string;
  /** One sentence for people: what happened and what to do. */
  message: string;
  retry: {
    allowed: boolean;
    /** Not before. ISO 8601, UTC, milliseconds. */
    after?: string;
  };
  /** When the attempt failed. ISO 8601, UTC, milliseconds. */
  timestamp: string;
}

/** A card saved for a customer. */
export interface PaymentMethod {
  /** The payment method. */
  id: string;
  /** Whose it is. */
  customer_id: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** What kind. */
  type: 'card';
  card: {
    scheme: string;
    type?: string;
    bin: string;
    last4: string;
    exp_month: number;
    exp_year: number;
    /** The same card gives the same value within one tenant. After the issuer replaced the number, which only the processor knows then, it is the id of the method. */
    fingerprint: string;
  };
  /** Who may charge it: the payer alone, or you under a mandate. */
  usage: 'customer_present' | 'merchant_initiated' | OpenWord;
  /** A removed method cannot be used again. */
  status: 'active' | 'removed' | OpenWord;
  /** When it was saved. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

export interface PaymentMethodDetails {
  /** The way to pay; what is known of it stands under this name. */
  type: 'card' | 'pay_by_bank' | 'wallet_qr' | 'mobile_money' | 'voucher' | OpenWord;
  card?: {
    /** visa, mastercard, amex, … */
    scheme: string;
    /** credit, debit or prepaid, where known. */
    type?: string;
    /** The first digits, which name the issuer. */
    bin: string;
    /** The last four digits. */
    last4: string;
    exp_month: number;
    /** Four digits. */
    exp_year: number;
    /** ISO 3166-1 alpha-2 of the issuer, where known. */
    country?: string;
  };
  pay_by_bank?: {
    /** The bank the payer chose. */
    bank: string;
  };
  wallet_qr?: Record<string, unknown>;
  mobile_money?: {
    /** The last two digits of the phone number. */
    phone_ending: string;
  };
  voucher?: Record<string, unknown>;
}

/** A way to pay: whether it fits, and the facts about it. */
export interface PaymentMethodType {
  /** The way to pay. */
  type: 'card' | 'pay_by_bank' | 'wallet_qr' | 'mobile_money' | 'voucher' | OpenWord;
  /** A session like the one asked about would offer it. */
  available: boolean;
  /** Every reason why not; empty if available. */
  reasons: Array<'disabled' | 'processor' | 'currency' | 'country' | 'amount' | 'amount_zero' | 'capture_method' | 'series' | 'return_url' | 'https' | OpenWord>;
  /** What the payer goes through: nothing more, another page, a code to scan, a question on the phone, details to pay with elsewhere, a sheet of the device. */
  flow: 'direct' | 'redirect' | 'qr' | 'push' | 'details' | 'sheet' | OpenWord;
  /** When the result is known: at once, in minutes, in days. */
  result: 'sync' | 'short_async' | 'long_async' | OpenWord;
  /** When the payer’s side cannot take it back any more: once approved, once settled, never. */
  final: 'on_authorise' | 'on_settle' | 'revocable' | OpenWord;
  /** Whether the payer may choose another way once it was begun. `until_sent`: no, and an approval may come late. */
  abandonable: 'yes' | 'until_sent' | 'no' | OpenWord;
  /** Whether it can be saved, and charged without the payer. */
  reusable: 'no' | 'customer_present' | 'merchant_initiated' | OpenWord;
  /** ISO 4217 codes it takes. `*`: all. */
  currencies: '*' | string[];
  /** ISO 3166-1 alpha-2 of payers it serves. `*`: all. */
  countries: '*' | string[];
  /** Bounds of the amount, inclusive, by currency. Absent: none. */
  amounts?: Record<string, {
    /** The least. Minor units of ISO 4217. */
    min?: number;
    /** The most. Minor units of ISO 4217. */
    max?: number;
  }>;
  /** It can be saved without a payment. */
  zero_amount: boolean;
  /** It can be reserved now and captured later. */
  manual_capture: boolean;
  /** What can be given back: any part, only the whole payment, nothing. */
  refunds: 'partial' | 'full' | 'none' | OpenWord;
  fields: Array<{
    /** Its name in the form of the checkout page. */
    name: string;
    /** What the payer does: chooses from a list, or types a phone number. */
    kind: 'select' | 'tel' | OpenWord;
    /** What a `select` offers. */
    choices?: Array<{
      value: string;
      label: string;
    }>;
  }>;
}

/** A review that a person closed. Never changed, never deleted. */
export interface PaymentResolution {
  /** The resolution. */
  id: string;
  /** The payment. */
  payment_id: string;
  /** The attempt that was in doubt. */
  attempt_id?: string;
  /** The end that was given to it; absent where it was known already. */
  outcome?: 'succeeded' | 'failed' | OpenWord;
  /** What was found out. */
  note: string;
  review: PaymentReview;
  /** The id of the API key that said it. */
  resolved_by: string;
  /** When it was said. ISO 8601, UTC, milliseconds. */
  created_at: string;
}

export interface PaymentResolve {
  /** What was found out, and from whom. Kept for good, with the key that said it. */
  note: string;
  /** The end of the attempt in doubt, as the processor told you. Only while it is open. */
  outcome?: 'succeeded' | 'failed';
  /** The processor's id of the charge, from its own reports or dashboard; needed when a charge or authorisation succeeded and we never heard its id. */
  processor_reference?: string;
}

/** The processor's truth could not be learned, or contradicts itself: a person has to ask it. */
export interface PaymentReview {
  /** What is wrong, in a word: timeout, contradiction, unreadable, … */
  reason: string;
  /** Since when people have to look. ISO 8601, UTC, milliseconds. */
  since: string;
  /** The attempt whose truth is in doubt. */
  attempt_id?: string;
  /** What was seen when the review began, newest last. */
  evidence?: Evidence[];
}

/** A payment session: one thing to be paid, at most once. */
export interface PaymentSession {
  /** The session. */
  id: string;
  /** What kind of payment it is. */
  type: 'one_time' | 'first_in_series' | 'next_in_series' | OpenWord;
  /** The last three are final. */
  status: 'active' | 'completed' | 'expired' | 'cancelled' | OpenWord;
  /** What became of the money. `paid`, `reserved` and `payment_method_verified` never change back. */
  payment_outcome: 'not_started' | 'pending' | 'paid' | 'unpaid' | 'reserved' | 'payment_method_verified' | OpenWord;
  /** Deprecated: use payment_outcome. @deprecated */
  payment_status: 'paid' | 'pending' | 'unpaid' | OpenWord;
  /** What is to be paid. 0 verifies and saves a card. Minor units of ISO 4217. */
  amount: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** Shown to the payer. */
  description?: string;
  /** Your own reference. */
  external_reference?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** Whose session it is, once known. */
  customer_id?: string;
  /** With customer_id the token for later next_in_series charges. */
  payment_method_id?: string;
  /** The mandate a first_in_series success created, or the one charged. */
  mandate_id?: string;
  /** The subscription it began, or that charged it. */
  subscription_id?: string;
  /** The due date of the subscription it was charged for. */
  due_date?: string;
  /** Which try of that due date. */
  attempt_number?: number;
  /** The instalment it pays. */
  instalment_number?: number;
  /** Once something was attempted. */
  payment_id?: string;
  /** Whoever has it can open the page. Customer-present sessions only. */
  checkout_session_id?: string;
  /** The hosted checkout page: send the payer there. */
  session_url?: string;
  /** Embedded presentation modes only: hand it to `Tender.checkout` on your page. */
  client_token?: string;
  /** Where the payer goes afterwards. */
  return_url?: string;
  /** When the page closes; later if the payer asks for more time. ISO 8601, UTC, milliseconds. */
  expires_at?: string;
  last_payment_error?: PaymentError;
  /** When it was created. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

/** What is to be paid, by whom, and how the page behaves. */
export interface PaymentSessionCreate {
  /** What is to be paid. 0 verifies and saves a card without taking money. Minor units of ISO 4217. */
  amount: number;
  /** ISO 4217 alphabetic code, in any case. */
  currency: string;
  /** Default one_time. */
  type?: 'one_time' | 'first_in_series' | 'next_in_series';
  /** Shown to the payer. */
  description?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
  /** At most 20 pairs; keys of 1–50 characters, values strings of at most 500. */
  metadata?: Record<string, string>;
  options?: {
    /** The customer whose session it is. */
    customer_id?: string;
    /** A new customer, made with the session. */
    customer?: {
      name?: string;
      /** An e-mail address. */
      email?: string;
      /** A phone number. */
      phone?: string;
      /** Your own reference: letters, digits, _ and -, at most 255. */
      external_reference?: string;
    };
    /** next_in_series only: what is charged. */
    payment_method_id?: string;
    /** next_in_series only: needed when several mandates fit. */
    mandate_id?: string;
    checkout_options?: {
      /** Where the payer goes afterwards; `session_id` is appended. */
      return_url?: string;
      /** one_time only: whether the card is saved for the payer. */
      save_payment_method?: 'never' | 'prompt' | 'always';
      /** BCP 47; default from the browser. */
      locale?: string;
      /** 5 minutes to 30 days ahead; default 24 hours. */
      expires_at?: string;
      presentation_mode?: {
        /** How the page is shown. */
        mode: 'redirect' | 'embedded_modal' | 'embedded_inline';
      };
    };
    payment_method_options?: {
      card?: {
        /** Manual: authorise now, capture later. */
        capture_method?: 'automatic' | 'manual';
      };
    };
    mandate_options?: MandateOptions;
    subscription_options?: SubscriptionOptions;
  };
}

export interface PaymentSessionUpdate {
  /** Only while nothing was attempted. Minor units of ISO 4217. */
  amount?: number;
  /** Shown to the payer. */
  description?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
  /** At most 20 pairs; keys of 1–50 characters, values strings of at most 500. */
  metadata?: Record<string, string>;
}

/** RFC 9457 problem document. */
export interface Problem {
  /** The page of this error. */
  type: string;
  title: string;
  status: number;
  /** What happened and what to do. */
  detail: string;
  /** Names the request. */
  instance: string;
  /** Stable: decide by this. */
  code: 'invalid_request' | 'idempotency_key_required' | 'idempotency_key_invalid' | 'unauthorized' | 'test_mode_only' | 'forbidden' | 'not_found' | 'payment_session_not_found' | 'payment_not_found' | 'customer_not_found' | 'payment_method_not_found' | 'mandate_not_found' | 'subscription_not_found' | 'refund_not_found' | 'event_not_found' | 'webhook_endpoint_not_found' | 'delivery_not_found' | 'request_log_not_found' | 'method_not_allowed' | 'idempotency_in_progress' | 'payment_session_not_active' | 'payment_in_progress' | 'payment_not_capturable' | 'capture_exceeds_authorised_amount' | 'authorisation_expired' | 'payment_not_voidable' | 'payment_already_voided' | 'nothing_to_void' | 'payment_not_refundable' | 'refund_exceeds_paid_amount' | 'payment_not_in_review' | 'review_outcome_mismatch' | 'amount_locked' | 'mandate_not_active' | 'subscription_not_active' | 'mandate_ambiguous' | 'secret_rotation_under_way' | 'webhook_endpoint_disabled' | 'request_timeout' | 'payload_too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'amount_out_of_range' | 'mandate_violation' | 'retry_not_allowed' | 'payment_method_not_usable' | 'payment_method_mismatch' | 'return_url_not_allowed' | 'webhook_endpoint_limit' | 'webhook_url_not_allowed' | 'headers_too_large' | 'rate_limited' | 'internal_error' | 'processor_unavailable' | 'service_unavailable' | OpenWord;
  request_id: string;
  /** Every field at fault, by JSON Pointer. */
  errors?: Array<{
    pointer: string;
    code: string;
    detail: string;
    /** What a rule allows: a count, or minor units. */
    limit?: number;
    /** What is used of that already. */
    used?: number;
    /** The hold, block or network rule behind it. */
    rule?: string;
  }>;
}

/** Money given back to the payer, or on its way, or refused. */
export interface Refund {
  /** The refund. */
  id: string;
  /** The payment it gives back. */
  payment_id: string;
  /** The attempt that asked the processor for it; its ledger entries bear this id too. */
  attempt_id: string;
  /** What is given back. Minor units of ISO 4217. */
  amount: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  /** Why, as you said. */
  reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | 'other' | OpenWord;
  /** `pending` keeps its amount reserved. A bank may let a succeeded refund fail days later. */
  status: 'pending' | 'succeeded' | 'failed' | OpenWord;
  /** A decline code once it failed; `processor_unavailable` when it never reached the processor. */
  failure_code?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** When it was accepted. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

export interface RefundCreate {
  /** What to give back; all that remains if left out. Minor units of ISO 4217. */
  amount?: number;
  /** Why; the processor is told too. */
  reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | 'other';
  /** At most 20 pairs; keys of 1–50 characters, values strings of at most 500. */
  metadata?: Record<string, string>;
}

/** A request to the API and its answer, kept for 30 days. What could be spent or names a person is left out: `[redacted]`. */
export interface RequestLog {
  /** The `Request-Id` of the answer. */
  id: string;
  /** When the request came, in real time whatever the clock of the account says. ISO 8601, UTC, milliseconds. */
  at: string;
  /** How it was asked. */
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD' | OpenWord;
  /** The address. What is neither a word nor an id is `[redacted]`. */
  path: string;
  /** The pattern of the address, such as `/collect/payments/{id}`. Absent: there is none. */
  route?: string;
  /** The parameters of the query, redacted. */
  query?: Record<string, unknown>;
  /** HTTP status of the answer. */
  status: number;
  /** Milliseconds from the request to the end of the answer. */
  latency_ms: number;
  /** The `code` of the problem that was answered. */
  error_code?: string;
  /** The id of the key that asked. The key itself is kept nowhere. */
  api_key_id: string;
  /** What kind of key that was. */
  api_key_type: 'secret' | 'public' | OpenWord;
  /** As it was sent, redacted. */
  idempotency_key?: string;
  /** Answered with what an earlier request was told. */
  idempotent_replayed: boolean;
  /** What was sent, redacted. Only when one request is asked for, and only a body of at most 16 kB. */
  request_body?: Record<string, unknown>;
  /** What was answered, redacted. Only when one request is asked for, and only an answer of at most 16 kB. */
  answer_body?: Record<string, unknown>;
}

/** Settings of an account, test and live apart. */
export interface Settings {
  /** IANA name of the time zone of new mandates that name none. Default UTC. */
  time_zone: string;
  /** `refuse` answers every mandate without a ceiling with 400. Default allow. */
  unlimited_mandates: 'allow' | 'refuse' | OpenWord;
  /** Charge saved cards after their month of expiry: many banks keep them working. Default false. */
  charge_expired_cards: boolean;
  /** How many declines are tolerated. */
  retry_caps: {
    /** Declines of one Visa card and amount in 30 days before the next attempt is refused. Default 15. */
    visa_30d: number;
    /** Declines of one Mastercard in 24 hours. Default 10. */
    mastercard_24h: number;
    /** Declines of one Mastercard in 30 days. Default 35. */
    mastercard_30d: number;
    /** Declines of one card of any other network and amount in 30 days. Default 15. */
    other_30d: number;
  };
  /** For new subscriptions that say nothing. */
  dunning: {
    /** Days after the due date on which a declined charge is tried again, rising. Default 1, 3, 5, 7. */
    retry_days: number[];
    /** What becomes of the subscription after the last try. Default continue. */
    on_exhausted: 'continue' | 'pause' | 'cancel' | OpenWord;
  };
  /** How many days late a due date is still collected. Default 35. */
  catch_up_days: number;
}

export interface SettingsPatch {
  /** IANA name of the time zone of new mandates that name none. Default UTC. */
  time_zone?: string;
  /** `refuse` answers every mandate without a ceiling with 400. Default allow. */
  unlimited_mandates?: 'allow' | 'refuse';
  /** Charge saved cards after their month of expiry: many banks keep them working. Default false. */
  charge_expired_cards?: boolean;
  retry_caps?: {
    /** Declines of one Visa card and amount in 30 days before the next attempt is refused. Default 15. */
    visa_30d?: number;
    /** Declines of one Mastercard in 24 hours. Default 10. */
    mastercard_24h?: number;
    /** Declines of one Mastercard in 30 days. Default 35. */
    mastercard_30d?: number;
    /** Declines of one card of any other network and amount in 30 days. Default 15. */
    other_30d?: number;
  };
  dunning?: {
    /** Days after the due date on which a declined charge is tried again, rising. Default 1, 3, 5, 7. */
    retry_days?: number[];
    /** What becomes of the subscription after the last try. Default continue. */
    on_exhausted?: 'continue' | 'pause' | 'cancel';
  };
  /** How many days late a due date is still collected. Default 35. */
  catch_up_days?: number;
}

/** A file as it was written anew. */
export interface StoredBrandingFile {
  /** Where it is used. */
  slot: 'logo_light' | 'logo_dark' | 'icon' | 'font_regular' | 'font_bold' | OpenWord;
  /** Where it is served; another address with every change. */
  url: string;
  /** Media type, read from the bytes. */
  type: string;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** As it is served, without what a picture does not need. */
  bytes: number;
  /** What to mend, although the file was taken. */
  warnings: string[];
}

/** What we charge by ourselves under a mandate. */
export interface Subscription {
  /** The subscription. */
  id: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** The last two are final. */
  status: 'active' | 'past_due' | 'paused' | 'cancelled' | 'ended' | OpenWord;
  /** Why it came to its end, or was paused by itself. */
  status_reason?: 'merchant_request' | 'customer_request' | 'mandate_revoked' | 'retries_exhausted' | 'period_over' | 'mandate_ended' | OpenWord;
  /** Who is charged. */
  customer_id: string;
  /** What is charged. */
  payment_method_id: string;
  /** What the payer agreed to. */
  mandate_id: string;
  /** The session that began it. */
  payment_session_id: string;
  /** Of each due date that has not begun; instalments bring their own. Minor units of ISO 4217. */
  amount?: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency: string;
  /** The dates on which charges fall due. */
  recurrence?: {
    /** The unit. */
    type: 'daily' | 'weekly' | 'monthly' | 'yearly' | OpenWord;
    /** Every so many units, from `anchor_date`. */
    interval_count: number;
    /** Which days of the unit. */
    on?: Record<string, unknown>;
  };
  /** IANA zone of every date here. */
  time_zone: string;
  /** Time of day of a charge, HH:MM. */
  scheduled_time: string;
  active_period?: {
    /** First day. */
    start_date?: string;
    /** Last day. */
    end_date?: string;
  };
  dunning: {
    /** Days after the due date. */
    retry_days: number[];
    /** What follows a due date that was given up. */
    on_exhausted: 'continue' | 'pause' | 'cancel' | OpenWord;
  };
  /** The oldest due date that nothing was done about. */
  next_due_date?: string;
  /** When it charges next: the next due date or the next retry. Not while it is paused. ISO 8601, UTC, milliseconds. */
  next_charge_at?: string;
  /** How many due dates stand like this now. */
  counts: {
    /** Paid. */
    paid: number;
    /** Given up. */
    unpaid: number;
    /** Not collected. */
    skipped: number;
    /** Too late to be collected. */
    missed: number;
  };
  /** The newest due date that was touched. */
  current_charge?: {
    /** The local date it fell due. */
    due_date: string;
    /** Under way, paid, to be tried again, given up, not collected this time, or too late to be collected. */
    status: 'open' | 'paid' | 'retrying' | 'unpaid' | 'skipped' | 'missed' | OpenWord;
    /** Tries that were answered. */
    attempts: number;
    /** When it is tried again. ISO 8601, UTC, milliseconds. */
    next_attempt_at?: string;
    /** Why it is not paid, or not yet. */
    reason?: string;
    /** The rules of the mandate that forbid it. */
    violations?: Array<{
      /** JSON Pointer into the request; empty for the request as a whole. */
      pointer: string;
      /** The rule. */
      code: string;
      /** What it says, for people. */
      detail: string;
      /** What it allows: a count, or minor units. */
      limit?: number;
      /** What is used of that already. */
      used?: number;
      /** The hold, block or network rule behind it. */
      rule?: string;
    }>;
    last_payment_error?: PaymentError;
    /** The session of its newest try. */
    payment_session_id?: string;
  };
  description?: string;
  external_reference?: string;
  /** Your own pairs; never read by us. */
  metadata?: Record<string, string>;
  /** Since when it is paused. ISO 8601, UTC, milliseconds. */
  paused_at?: string;
  /** Since when a due date is not paid. ISO 8601, UTC, milliseconds. */
  past_due_since?: string;
  /** When it was cancelled. ISO 8601, UTC, milliseconds. */
  cancelled_at?: string;
  /** When it ended. ISO 8601, UTC, milliseconds. */
  ended_at?: string;
  /** When the first payment succeeded. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

export interface SubscriptionCancel {
  /** Default merchant_request. */
  reason?: 'merchant_request' | 'customer_request';
  /** Revoke the mandate too. Default true for scheduled and installment, false for on_demand. */
  revoke_mandate?: boolean;
}

/** One due date of a subscription. */
export interface SubscriptionCharge {
  /** The local date it fell due. */
  due_date: string;
  /** Under way, paid, to be tried again, given up, not collected this time, or too late to be collected. */
  status: 'open' | 'paid' | 'retrying' | 'unpaid' | 'skipped' | 'missed' | OpenWord;
  /** Tries that were answered. */
  attempts: number;
  /** When it is tried again. ISO 8601, UTC, milliseconds. */
  next_attempt_at?: string;
  /** Why it is not paid, or not yet. */
  reason?: string;
  /** The rules of the mandate that forbid it. */
  violations?: Array<{
    /** JSON Pointer into the request; empty for the request as a whole. */
    pointer: string;
    /** The rule. */
    code: string;
    /** What it says, for people. */
    detail: string;
    /** What it allows: a count, or minor units. */
    limit?: number;
    /** What is used of that already. */
    used?: number;
    /** The hold, block or network rule behind it. */
    rule?: string;
  }>;
  last_payment_error?: PaymentError;
  /** The session of its newest try. */
  payment_session_id?: string;
  /** What is due. Minor units of ISO 4217. */
  amount: number;
  /** The instalment. */
  instalment_number?: number;
  /** When it fell due. ISO 8601, UTC, milliseconds. */
  due_at: string;
  /** The payment of its newest try, or the charge of yours that paid it. */
  payment_id?: string;
  /** When it was first touched. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

/** first_in_series only: we charge by ourselves, on the dates of the mandate. Even an empty object asks for it. */
export interface SubscriptionOptions {
  /** When we charge. Default: the validity period of the mandate. */
  active_period?: {
    /** The first day, today at the earliest. A date, in the time zone of the mandate. */
    start_date?: string;
    /** The last day, at most 30 years ahead. A date, in the time zone of the mandate. */
    end_date?: string;
  };
  /** Each charge. Default: the exact amount of the mandate, else the amount of the session. Not for installment. Minor units of ISO 4217. */
  amount?: number;
  /** The time of day, HH:MM, in the time zone of the mandate. Default 00:00. */
  scheduled_time?: string;
  /** What follows a decline. */
  dunning?: {
    /** When a declined charge is tried again; rising. Default 1, 3, 5, 7. */
    retry_days?: number[];
    /** What follows when no try is left. Default continue. */
    on_exhausted?: 'continue' | 'pause' | 'cancel';
  };
}

export interface SubscriptionUpdate {
  /** Of each due date from now on. Minor units of ISO 4217. */
  amount?: number;
  /** Of every charge from now on. */
  description?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
  /** At most 20 pairs; keys of 1–50 characters, values strings of at most 500. */
  metadata?: Record<string, string>;
}

/** The clock of the test mode of an account. */
export interface TestClock {
  /** What time it is for this tenant. ISO 8601, UTC, milliseconds. */
  now: string;
  /** How far it is ahead of real time. */
  offset_seconds: number;
  /** When something happens by itself next, here or at the sandbox processor. Left out: nothing is waiting for a time. ISO 8601, UTC, milliseconds. */
  next_due_at?: string;
}

export interface TestClockAdvance {
  /** An instant from now to 5 years ahead, ISO 8601 with a zone. */
  to?: string;
  /** So far from now, at most 5 years. */
  seconds?: number;
}

/** The clock after it was moved. */
export interface TestClockMoved {
  /** What time it is now for this tenant. ISO 8601, UTC, milliseconds. */
  now: string;
  /** How far this call moved the clock. */
  moved_seconds: number;
  /** How far it is ahead of real time. */
  offset_seconds: number;
  /** When something happens by itself next, here or at the sandbox processor. Left out: nothing is waiting for a time. ISO 8601, UTC, milliseconds. */
  next_due_at?: string;
}

/** Where your events are sent, and which. */
export interface WebhookEndpoint {
  /** The endpoint. */
  id: string;
  /** Where events are sent by POST. */
  url: string;
  /** Your own words. */
  description?: string;
  /** Types of events that are sent; `*` for all. */
  event_types: string[];
  /** Nothing is sent to a disabled endpoint. */
  enabled: boolean;
  /** `requested`: by you. `failing`: no delivery succeeded for five days. `gone`: the receiver answered 410. */
  disabled_reason?: 'requested' | 'failing' | 'gone' | OpenWord;
  /** When it was disabled. ISO 8601, UTC, milliseconds. */
  disabled_at?: string;
  /** `per_object` (default): a later event of an object waits until the earlier ones are delivered or given up. `none`: nothing waits. */
  ordering: 'per_object' | 'none' | OpenWord;
  /** Most requests to it at once from each process that delivers; 8 by default. While none succeeds, no more than 8. */
  concurrency: number;
  /** Until then the secret before the present one signs too. Absent when the secret was not replaced. ISO 8601, UTC, milliseconds. */
  previous_secret_valid_until?: string;
  /** The mode of the API key that made it. */
  mode: 'test' | 'live' | OpenWord;
  /** When it was created. ISO 8601, UTC, milliseconds. */
  created_at: string;
  /** When it last changed. ISO 8601, UTC, milliseconds. */
  updated_at: string;
}

/** A recovery that has begun; its deliveries are listed under the endpoint. */
export interface WebhookRecovery {
  /** The endpoint. */
  webhook_endpoint_id: string;
  /** Events with this timestamp or a later one are looked at. ISO 8601, UTC, milliseconds. */
  since: string;
  /** It begins after the event of this number. */
  after_sequence: number;
  /** It ends with the event of this number, the newest one when it was asked for. */
  until_sequence: number;
}

export interface CreateWebhookEndpointBody {
  /** https; in test mode also http for localhost. No user name or password. */
  url: string;
  /** Your own words, at most 500 characters. */
  description?: string;
  /** Types of events to send; `*` for all, which is the default. */
  event_types?: Array<'*' | 'payment_session.created' | 'payment_session.updated' | 'payment_session.completed' | 'payment_session.expired' | 'payment_session.cancelled' | 'payment.attempt_failed' | 'payment.succeeded' | 'payment.failed' | 'payment.captured' | 'payment.voided' | 'payment.refunded' | 'payment.review_needed' | 'payment.review_resolved' | 'refund.created' | 'refund.updated' | 'mandate.activated' | 'mandate.updated' | 'mandate.revoked' | 'mandate.ended' | 'subscription.created' | 'subscription.updated' | 'subscription.payment_failed' | 'subscription.ended' | 'customer.created' | 'customer.updated' | 'customer.deleted' | 'payment_method.saved' | 'payment_method.updated' | 'payment_method.removed' | 'webhook_endpoint.created' | 'webhook_endpoint.updated' | 'webhook_endpoint.deleted' | 'webhook_endpoint.ping' | 'webhook_endpoint.disabled'>;
  /** Default true. */
  enabled?: boolean;
  /** `per_object` (default): a later event of an object waits until the earlier ones are delivered or given up. `none`: nothing waits. */
  ordering?: 'per_object' | 'none';
  /** Most requests to it at once from each process that delivers; 8 by default. While none succeeds, no more than 8. */
  concurrency?: number;
}

export interface UpdateWebhookEndpointBody {
  /** https; in test mode also http for localhost. No user name or password. */
  url?: string;
  /** Your own words, at most 500 characters. */
  description?: string;
  /** Types of events to send; `*` for all, which is the default. */
  event_types?: Array<'*' | 'payment_session.created' | 'payment_session.updated' | 'payment_session.completed' | 'payment_session.expired' | 'payment_session.cancelled' | 'payment.attempt_failed' | 'payment.succeeded' | 'payment.failed' | 'payment.captured' | 'payment.voided' | 'payment.refunded' | 'payment.review_needed' | 'payment.review_resolved' | 'refund.created' | 'refund.updated' | 'mandate.activated' | 'mandate.updated' | 'mandate.revoked' | 'mandate.ended' | 'subscription.created' | 'subscription.updated' | 'subscription.payment_failed' | 'subscription.ended' | 'customer.created' | 'customer.updated' | 'customer.deleted' | 'payment_method.saved' | 'payment_method.updated' | 'payment_method.removed' | 'webhook_endpoint.created' | 'webhook_endpoint.updated' | 'webhook_endpoint.deleted' | 'webhook_endpoint.ping' | 'webhook_endpoint.disabled'>;
  /** Default true. */
  enabled?: boolean;
  /** `per_object` (default): a later event of an object waits until the earlier ones are delivered or given up. `none`: nothing waits. */
  ordering?: 'per_object' | 'none';
  /** Most requests to it at once from each process that delivers; 8 by default. While none succeeds, no more than 8. */
  concurrency?: number;
}

export interface RotateWebhookSecretBody {
  /** For how many seconds the present secret goes on signing beside the new one; 86400 if left out. 0: it ends at once. */
  overlap_seconds?: number;
}

export interface RecoverWebhookEndpointBody {
  /** Events with this timestamp or a later one (ISO 8601 with a zone). */
  since: string;
}

export interface ListPaymentSessionsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** At or after this time (ISO 8601 with a zone). */
  created_after?: string;
  /** Before this time (ISO 8601 with a zone). */
  created_before?: string;
  /** Only these. */
  status?: 'active' | 'completed' | 'expired' | 'cancelled';
  /** Only these. */
  payment_outcome?: 'not_started' | 'pending' | 'paid' | 'unpaid' | 'reserved' | 'payment_method_verified';
  /** Only these. */
  type?: 'one_time' | 'first_in_series' | 'next_in_series';
  /** Only of this customer. */
  customer_id?: string;
  /** Only those that began or charged this mandate. */
  mandate_id?: string;
  /** Only those that began this subscription, or that it made. */
  subscription_id?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
}

export interface ListPaymentsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** At or after this time (ISO 8601 with a zone). */
  created_after?: string;
  /** Before this time (ISO 8601 with a zone). */
  created_before?: string;
  /** Only these. */
  status?: 'draft' | 'initiating' | 'pending_action' | 'processing' | 'succeeded' | 'failed' | 'cancelled' | 'expired';
  /** Only of this session. */
  payment_session_id?: string;
  /** `needed`: only those that a person has to look at; `none`: only the others. */
  review?: 'needed' | 'none';
  /** Only of this customer. */
  customer_id?: string;
  /** Only the first payment of this mandate and the charges under it. */
  mandate_id?: string;
  /** Only the first payment of this subscription and its charges. */
  subscription_id?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
}

export interface ListPaymentMethodTypesQuery {
  /** Minor units, as of a session. Left out: amounts exclude nothing. */
  amount?: number;
  /** ISO 4217 alphabetic code, upper case. */
  currency?: string;
  /** Of session. Default one_time. */
  type?: 'one_time' | 'first_in_series';
  /** Default automatic. */
  capture_method?: 'automatic' | 'manual';
  /** ISO 3166-1 alpha-2 of the payer. Left out: unknown. */
  country?: string;
}

export interface ListRefundsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** At or after this time (ISO 8601 with a zone). */
  created_after?: string;
  /** Before this time (ISO 8601 with a zone). */
  created_before?: string;
  /** Only these. */
  status?: 'pending' | 'succeeded' | 'failed';
  /** Only of this payment. */
  payment_id?: string;
}

export interface ListCustomersQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** Your own reference: letters, digits, _ and -, at most 255. */
  external_reference?: string;
  email?: string;
}

export interface ListPaymentMethodsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
}

export interface ListMandatesQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** Only of this customer. */
  customer_id?: string;
  /** Only of this payment method. */
  payment_method_id?: string;
  /** Only these. */
  status?: 'active' | 'revoked' | 'ended';
}

export interface ListSubscriptionsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** Only of this customer. */
  customer_id?: string;
  /** Only under this mandate. */
  mandate_id?: string;
  /** Only these. */
  status?: 'active' | 'past_due' | 'paused' | 'cancelled' | 'ended';
}

export interface ListSubscriptionChargesQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
}

export interface ListEventsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** Only events after this sequence number. */
  after?: number;
  /** Only of this type. */
  type?: 'payment_session.created' | 'payment_session.updated' | 'payment_session.completed' | 'payment_session.expired' | 'payment_session.cancelled' | 'payment.attempt_failed' | 'payment.succeeded' | 'payment.failed' | 'payment.captured' | 'payment.voided' | 'payment.refunded' | 'payment.review_needed' | 'payment.review_resolved' | 'refund.created' | 'refund.updated' | 'mandate.activated' | 'mandate.updated' | 'mandate.revoked' | 'mandate.ended' | 'subscription.created' | 'subscription.updated' | 'subscription.payment_failed' | 'subscription.ended' | 'customer.created' | 'customer.updated' | 'customer.deleted' | 'payment_method.saved' | 'payment_method.updated' | 'payment_method.removed' | 'webhook_endpoint.created' | 'webhook_endpoint.updated' | 'webhook_endpoint.deleted' | 'webhook_endpoint.ping' | 'webhook_endpoint.disabled';
  /** Only about this object. */
  object_id?: string;
}

export interface ListWebhookEndpointsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
}

export interface ListDeliveriesQuery {
  /** `exhausted`: given up after the last try, or because the endpoint was deleted. */
  status?: 'pending' | 'succeeded' | 'exhausted';
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
}

export interface ListRequestLogsQuery {
  /** How many, 1–100; 20 if left out. */
  limit?: number;
  /** Next-Cursor or Prev-Cursor of an earlier answer. */
  cursor?: string;
  /** Only requests of this method. */
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD';
  /** Only addresses that begin with this, such as `/collect/payments`. */
  path?: string;
  /** Only answers with this status, or of this class: `404`, `4xx`. */
  status?: string;
  /** `true`: only answers with a status from 400 on. */
  errors_only?: 'true' | 'false';
  /** Only the request with this id. */
  request_id?: string;
  /** At or after this time (ISO 8601 with a zone). */
  created_after?: string;
  /** Before this time (ISO 8601 with a zone). */
  created_before?: string;
}

/** What each event shows of its object, as it was after the change. */
export interface EventData {
  /** A session was created. */
  'payment_session.created': PaymentSession;
  /** Status, outcome or a field set by the merchant changed after creation. */
  'payment_session.updated': PaymentSession;
  /** A session reached its end with a result; beside `updated`. */
  'payment_session.completed': PaymentSession;
  /** The time to pay ran out; beside `updated`. */
  'payment_session.expired': PaymentSession;
  /** Merchant or payer cancelled the session; beside `updated`. */
  'payment_session.cancelled': PaymentSession;
  /** One attempt was declined or failed; captures, voids and refunds are attempts too. */
  'payment.attempt_failed': Payment;
  /** The payment was paid, authorised or its card verified. */
  'payment.succeeded': Payment;
  /** The payment has failed for good. */
  'payment.failed': Payment;
  /** A capture succeeded. */
  'payment.captured': Payment;
  /** What was still reserved was released: by a void, or because the authorisation ran out. */
  'payment.voided': Payment;
  /** A refund succeeded. */
  'payment.refunded': Payment;
  /** The processor's truth could not be learned, or it contradicts itself. */
  'payment.review_needed': Payment;
  /** Nobody has to look any more: the truth was learned after all, or a person closed the review. */
  'payment.review_resolved': Payment;
  /** A refund was accepted and is on its way. */
  'refund.created': Refund;
  /** A refund succeeded or failed. */
  'refund.updated': Refund;
  /** The first payment of a series succeeded and the mandate began. */
  'mandate.activated': Mandate;
  /** Charges were stopped for now (`charge_hold`), or may go on again. */
  'mandate.updated': Mandate;
  /** The mandate was revoked; nothing more is charged under it. */
  'mandate.revoked': Mandate;
  /** The last day has passed, or everything agreed was charged. */
  'mandate.ended': Mandate;
  /** The first payment succeeded and the subscription began. */
  'subscription.created': Subscription;
  /** Anything about it changed, so also after each due date. */
  'subscription.updated': Subscription;
  /** A try was declined, or a due date was skipped, missed or given up; `current_charge` says which. */
  'subscription.payment_failed': Subscription;
  /** It ended or was cancelled: nothing more is charged by itself. */
  'subscription.ended': Subscription;
  /** A customer was created. */
  'customer.created': Customer;
  /** A customer changed. */
  'customer.updated': Customer;
  /** A customer was deleted. */
  'customer.deleted': Customer;
  /** A payment method was saved. */
  'payment_method.saved': PaymentMethod;
  /** A saved payment method changed. */
  'payment_method.updated': PaymentMethod;
  /** A saved payment method was removed. */
  'payment_method.removed': PaymentMethod;
  /** A webhook endpoint was added. */
  'webhook_endpoint.created': WebhookEndpoint;
  /** A webhook endpoint changed. */
  'webhook_endpoint.updated': WebhookEndpoint;
  /** A webhook endpoint was deleted. */
  'webhook_endpoint.deleted': WebhookEndpoint;
  /** A ping was asked for; it goes to that endpoint alone. */
  'webhook_endpoint.ping': WebhookEndpoint;
  /** Failures or a 410 answer switched the endpoint off. */
  'webhook_endpoint.disabled': WebhookEndpoint;
}

/** An event with the object that belongs to its type. */
export type WebhookEvent = {
  [Type in keyof EventData]: Omit<Event, 'type' | 'data'> & { type: Type; data: EventData[Type] };
}[keyof EventData];
