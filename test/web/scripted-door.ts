/** The application's side of the border, played by a test: it says what the view is and remembers what it was asked. */
import type { CheckoutDoor, CheckoutView, KeptForm, PayOrder, PayResult } from '../../src/app/checkout-door.ts';

export interface ScriptedDoor extends CheckoutDoor {
  views: Map<string, CheckoutView>;
  forms: Map<string, KeptForm>;
  orders: PayOrder[];
  calls: string[];
  typedCards: object[];
  /** What a press of Pay leads to. */
  onPay: (order: PayOrder) => PayResult;
  /** Replaces a view and wakes who waits for it. */
  change(view: CheckoutView): void;
}

/** A door over the given views. */
export function scriptedDoor(...views: CheckoutView[]): ScriptedDoor {
  const waiting = new Set<() => void>();
  const door: ScriptedDoor = {
    views: new Map(views.map((view) => [view.checkoutId, view])),
    forms: new Map(),
    orders: [],
    calls: [],
    typedCards: [],
    onPay: () => ({ kind: 'see_page' }),
    change(view) {
      door.views.set(view.checkoutId, view);
      for (const wake of [...waiting]) wake();
    },
    async view(id, browser) {
      const view = door.views.get(id);
      const form = door.forms.get(`${id} ${browser}`) ?? door.forms.get(id);
      return view && (form === undefined ? view : { ...view, form });
    },
    async pay(_id, order) {
      door.orders.push(order);
      return door.onPay(order);
    },
    cancel: async (id) => void door.calls.push(`cancel ${id}`),
    leave: async (id) => void door.calls.push(`leave ${id}`),
    check: async (id) => void door.calls.push(`check ${id}`),
    moreTime: async (id) => void door.calls.push(`moreTime ${id}`),
    removeSavedMethod: async (id, method) => void door.calls.push(`remove ${id} ${method}`),
    async returned(id, attempt) {
      door.calls.push(`returned ${id} ${attempt}`);
      return true;
    },
    async waitForChange(id, { version, signal }) {
      while ((door.views.get(id)?.version ?? 0) <= version && !signal?.aborted) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
          signal?.addEventListener('abort', wake, { once: true });
        });
      }
      return door.views.get(id)?.version;
    },
    clientTokenHolds: (view, token) => token === `token of ${view.checkoutId}`,
    keepForm: async (id, browser, form) => void door.forms.set(`${id} ${browser}`, form),
    dropForm: async (id, browser) => void door.forms.delete(`${id} ${browser}`),
    keepTypedCard: async (_id, _browser, card) => void door.typedCards.push(card),
  };
  return door;
}
