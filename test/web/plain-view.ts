/** A session as the application would describe it, for pages that are rendered without a server; fixtures change it. */
import type { CardView, CheckoutView, KeptForm, SavedMethodView } from '../../src/app/checkout-door.ts';
import { DEFAULT_BRAND } from '../../src/domain/branding-defaults.ts';
import { DEFAULT_CHECKOUT_SETTINGS } from '../../src/domain/checkout-settings.ts';
import { DAY, plus, type Timestamp } from '../../src/lib/time.ts';
import type { PageState } from '../../src/web/checkout/state.ts';

export const NOW = Date.UTC(2026, 7, 3, 12, 2, 0) as Timestamp;

export const CHECKOUT_ID = `ckt_${'Ab3'.repeat(8)}`;

export const visa: CardView = { scheme: 'visa', last4: '4242', expMonth: 12, expYear: 2029 };

export const saved = (over: Partial<SavedMethodView> = {}): SavedMethodView => ({
  ...visa,
  id: 'pmt_0000000000000000000000a1',
  expired: false,
  removable: true,
  closed: false,
  ...over,
});

/** A plain session of a coffee shop, changed by `over`. */
export function viewWith(over: Partial<CheckoutView> = {}): CheckoutView {
  return {
    checkoutId: CHECKOUT_ID,
    sessionId: 'ps_0000000000000000000000aa',
    version: 3,
    mode: 'test',
    now: NOW,
    type: 'one_time',
    money: { amountMinor: 24900, currency: 'ZAR' },
    description: 'Coffee beans, 1 kg, Ethiopia Yirgacheffe',
    merchant: {
      displayName: 'Karoo Coffee',
      legalName: 'Karoo Coffee Roasters (Pty) Ltd',
      support: { email: 'help@karoo.example', phone: '+27 21 555 0100' },
      statementName: 'KAROO COFFEE',
    },
    captureMethod: 'automatic',
    saving: 'never',
    expiresAt: plus(NOW, DAY),
    moreTimeAllowed: true,
    savedMethods: [],
    cardsOffered: true,
    methods: [],
    leftOut: [],
    brand: DEFAULT_BRAND,
    settings: DEFAULT_CHECKOUT_SETTINGS,
    returnUrl: 'https://shop.example/thanks?order=7',
    situation: { kind: 'open' },
    ...over,
  };
}

export const att = 'att_0000000000000000000000a1';

export interface Fixture {
  name: string;
  state: PageState;
  view: CheckoutView;
  kept?: KeptForm;
}

export const fixture = (name: string, state: PageState, over: Partial<CheckoutView>, kept?: KeptForm): Fixture => ({
  name,
  state,
  view: viewWith(over),
  ...(kept && { kept }),
});

export const threeSaved = [
  saved(),
  saved({ id: 'pmt_0000000000000000000000a2', scheme: 'mastercard', last4: '4444', removable: false }),
  saved({
    id: 'pmt_0000000000000000000000a3',
    scheme: 'amex',
    last4: '0005',
    expMonth: 3,
    expYear: 2025,
    expired: true,
  }),
];
