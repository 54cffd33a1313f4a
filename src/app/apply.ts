/**
 * From decisions to rows: writes the new state of each object and its events in one transaction. Every change of an object
 * with a public face goes through here, so a change without its event cannot be written.
 */
import type { Customer, PaymentMethod } from '../domain/customer.ts';
import type { Decision } from '../domain/errors.ts';
import type { EventType } from '../domain/events.ts';
import type { Mandate } from '../domain/mandate.ts';
import type { Payment } from '../domain/payment.ts';
import type { Refund } from '../domain/refund.ts';
import type { Session } from '../domain/session.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { WebhookEndpoint } from '../domain/webhook.ts';
import { insertCustomer, insertPaymentMethod, saveCustomer, savePaymentMethodRow } from '../store/customers.ts';
import type { Tx } from '../store/database.ts';
import { insertEvent } from '../store/events.ts';
import { insertMandate, saveMandate } from '../store/mandates.ts';
import { insertPayment, savePayment } from '../store/payments.ts';
import { insertRefund, saveRefund } from '../store/refunds.ts';
import { insertSession, saveSession } from '../store/sessions.ts';
import { insertSubscription, saveSubscription } from '../store/subscriptions.ts';
import { insertWebhookEndpoint, saveWebhookEndpoint } from '../store/webhook-endpoints.ts';
import { renderCustomer, renderPaymentMethod } from '../wire/customer.ts';
import { renderMandate } from '../wire/mandate.ts';
import { renderPayment } from '../wire/payment.ts';
import { renderRefund } from '../wire/refund.ts';
import { renderSession } from '../wire/session.ts';
import { renderSubscription } from '../wire/subscription.ts';
import { renderWebhookEndpoint } from '../wire/webhook-endpoint.ts';
import type { Context } from './context.ts';

/** How one kind of object is inserted, saved over its version, and shown. */
interface Kind<T extends { id: string; version: number }> {
  insert(tx: Tx, object: T): void;
  save(tx: Tx, object: T): void;
  render(object: T, options: { mode: 'test' | 'live'; checkoutUrl: string }): unknown;
}

const sessions: Kind<Session> = { insert: insertSession, save: saveSession, render: renderSession };
const payments: Kind<Payment> = { insert: insertPayment, save: savePayment, render: renderPayment };
const refunds: Kind<Refund> = { insert: insertRefund, save: saveRefund, render: renderRefund };
const customers: Kind<Customer> = { insert: insertCustomer, save: saveCustomer, render: renderCustomer };
const methods: Kind<PaymentMethod> = {
  insert: insertPaymentMethod,
  save: savePaymentMethodRow,
  render: renderPaymentMethod,
};
const mandates: Kind<Mandate> = { insert: insertMandate, save: saveMandate, render: renderMandate };
const subscriptions: Kind<Subscription> = {
  insert: insertSubscription,
  save: saveSubscription,
  render: renderSubscription,
};
const webhookEndpoints: Kind<WebhookEndpoint> = {
  insert: insertWebhookEndpoint,
  save: saveWebhookEndpoint,
  render: renderWebhookEndpoint,
};

/** Decisions about several objects that are written together, in the order in which their events are told. */
export class Changes {
  readonly #context: Context;
  readonly #writes: ((tx: Tx) => void)[] = [];
  readonly #last: ((tx: Tx) => void)[] = [];
  readonly #afterwards: (() => Promise<void>)[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  session(decision: Decision<Session>): this {
    return this.#add(sessions, decision);
  }
  payment(decision: Decision<Payment>): this {
    return this.#add(payments, decision);
  }
  refund(decision: Decision<Refund>): this {
    return this.#add(refunds, decision);
  }
  customer(decision: Decision<Customer>): this {
    return this.#add(customers, decision);
  }
  paymentMethod(decision: Decision<PaymentMethod>): this {
    return this.#add(methods, decision);
  }
  mandate(decision: Decision<Mandate>): this {
    return this.#add(mandates, decision);
  }
  subscription(decision: Decision<Subscription>): this {
    return this.#add(subscriptions, decision);
  }
  webhookEndpoint(decision: Decision<WebhookEndpoint>): this {
    return this.#add(webhookEndpoints, decision);
  }
  /** One more event of a subscription that this transaction writes, told after what was added since. */
  toldLater(subscription: Subscription, type: EventType): this {
    const data = this.#rendered(subscriptions, subscription);
    return this.also((tx) => this.#event(tx, type, subscription, data));
  }
  /** A write without a public face: an attempt, a consent, an idempotency key. */
  also(write: (tx: Tx) => void): this {
    this.#writes.push(write);
    return this;
  }

  /** A write that comes after all others: of the card, which whoever locks mandates too locks last. */
  lastly(write: (tx: Tx) => void): this {
    this.#last.push(write);
    return this;
  }

  /** What follows the commit and is made up for elsewhere if it never happens, such as shredding a card. */
  afterwards(work: () => Promise<void>): this {
    this.#afterwards.push(work);
    return this;
  }

  /** Commits everything in one transaction. Throws Stale or Taken, with nothing written, when another was faster. */
  async commit(): Promise<void> {
    await this.#context.database.transaction((tx) => {
      for (const write of [...this.#writes, ...this.#last]) write(tx);
    });
    this.#context.nudge.tap('events');
    for (const work of this.#afterwards) {
      await work().catch((error: unknown) =>
        this.#context.system.log.error({ err: error }, 'work after a commit failed'),
      );
    }
  }

  #add<T extends { id: string; version: number }>(kind: Kind<T>, decision: Decision<T>): this {
    if (decision.unchanged) return this;
    const { next, events } = decision;
    this.#writes.push((tx) => (next.version === 1 ? kind.insert(tx, next) : kind.save(tx, next)));
    if (events.length === 0) return this;
    const data = this.#rendered(kind, next);
    for (const type of events) this.#writes.push((tx) => this.#event(tx, type, next, data));
    return this;
  }

  #rendered<T extends { id: string; version: number }>(kind: Kind<T>, object: T): string {
    const { tenant, checkoutUrl } = this.#context;
    return JSON.stringify(kind.render(object, { mode: tenant.mode, checkoutUrl }));
  }

  #event(tx: Tx, type: EventType, object: { id: string; version: number }, data: string): void {
    const { system, tenant, at } = this.#context;
    const id = system.ids.next('evt');
    insertEvent(tx, {
      tenantId: tenant.id,
      id,
      type,
      objectId: object.id,
      objectVersion: object.version,
      occurredAt: at,
      data,
    });
  }
}
