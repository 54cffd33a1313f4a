/** How a tenant's checkout page behaves: what may be set, and what holds where nothing was set. */
import type { PaymentMethodType } from './payment-method-types.ts';
import { differing } from './settings.ts';

export interface CheckoutSettings {
  /** `minimal`: every reason that a stranger could learn from reads as the bank's plain no. */
  declineDetail: 'helpful' | 'minimal';
  nameOnCard: 'off' | 'optional' | 'required';
  collectEmail: 'off' | 'optional' | 'required';
  savedCardSecurityCode: 'required' | 'not_required';
  mandateConsent: 'button' | 'checkbox';
  /** 0–60; absent: not promised. */
  noticeDays?: number;
  afterPayment: 'return' | 'receipt';
  /** False where stock is held for a fixed time. */
  moreTime: boolean;
  /** Per session; `perCard` and `securityCodes` per card and session. */
  limits: { attempts: number; perCard: number; securityCodes: number };
  /** Switched off where false. */
  methods: Partial<Record<PaymentMethodType, boolean>>;
  methodOrder: readonly PaymentMethodType[];
  /** Who may frame embedded pages; `http://localhost:*` in test mode where nothing was set. */
  allowedOrigins: readonly string[];
  /** Hosts a `return_url` may name; empty: in test mode any https host, in live mode none. */
  returnUrlHosts: readonly string[];
  /** A locale of the page. */
  defaultLocale: string;
  /** IANA zone of the times on the page. */
  timeZone: string;
}

export const DEFAULT_CHECKOUT_SETTINGS: CheckoutSettings = {
  declineDetail: 'helpful',
  nameOnCard: 'off',
  collectEmail: 'off',
  savedCardSecurityCode: 'required',
  mandateConsent: 'button',
  afterPayment: 'return',
  moreTime: true,
  limits: { attempts: 5, perCard: 3, securityCodes: 3 },
  methods: {},
  methodOrder: [],
  allowedOrigins: [],
  returnUrlHosts: [],
  defaultLocale: 'en',
  timeZone: 'UTC',
};

/** What is kept: only what differs from the defaults, so that a better default reaches everybody who set nothing. */
export type CheckoutSettingsKept = Partial<Omit<CheckoutSettings, 'limits'>> & {
  limits?: Partial<CheckoutSettings['limits']>;
};

export function checkoutSettingsFrom(kept: CheckoutSettingsKept): CheckoutSettings {
  const limits = { ...DEFAULT_CHECKOUT_SETTINGS.limits, ...kept.limits };
  return { ...DEFAULT_CHECKOUT_SETTINGS, ...kept, limits };
}

/** The inverse of {@link checkoutSettingsFrom}. */
export function checkoutDifferencesOf(settings: CheckoutSettings): CheckoutSettingsKept {
  return differing(settings, DEFAULT_CHECKOUT_SETTINGS) as CheckoutSettingsKept;
}
