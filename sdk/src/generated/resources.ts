/** Every resource of the API. Made by `npm run generate` from docs/openapi.json; do not edit. */
import type { Api, CallOptions, FileBody } from '../api.ts';
import { List, type ListOf } from '../list.ts';
import type * as t from './types.ts';

export class PaymentSessionsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Create a payment session. A next_in_series session is charged before the answer; the others answer the address of the page to send the payer to. */
  create(params: t.PaymentSessionCreate, options: CallOptions = {}): Promise<t.PaymentSession> {
    return this.#api.call<t.PaymentSession>({ method: 'POST', path: '/collect/payment_sessions', body: params, options });
  }

  /** List payment sessions, newest first. A page of sessions of this mode, by their filters. Dates are those of creation, in the time of the account. */
  list(query: t.ListPaymentSessionsQuery = {}, options: CallOptions = {}): ListOf<t.PaymentSession> {
    return new List<t.PaymentSession>(this.#api, { method: 'GET', path: '/collect/payment_sessions', query: { ...query }, options });
  }

  /** Get a payment session. The session as it is now. A public key sees its public part, and only of sessions that it created. */
  get(id: string, options: CallOptions = {}): Promise<t.PaymentSession> {
    return this.#api.call<t.PaymentSession>({ method: 'GET', path: `/collect/payment_sessions/${encodeURIComponent(id)}`, options });
  }

  /** Change a payment session. Changes what is given and leaves the rest. The amount can change until somebody tried to pay. */
  update(id: string, params: t.PaymentSessionUpdate = {}, options: CallOptions = {}): Promise<t.PaymentSession> {
    return this.#api.call<t.PaymentSession>({ method: 'PATCH', path: `/collect/payment_sessions/${encodeURIComponent(id)}`, body: params, options });
  }

  /** Cancel a payment session. Cancelling a cancelled session answers it as it is. */
  cancel(id: string, options: CallOptions = {}): Promise<t.PaymentSession> {
    return this.#api.call<t.PaymentSession>({ method: 'POST', path: `/collect/payment_sessions/${encodeURIComponent(id)}/cancel`, options });
  }
}

export class PaymentsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get a payment. The payment with its sums, its outcome and its latest error. */
  get(id: string, options: CallOptions = {}): Promise<t.Payment> {
    return this.#api.call<t.Payment>({ method: 'GET', path: `/collect/payments/${encodeURIComponent(id)}`, options });
  }

  /** List payments, newest first. A page of payments of this mode, by their filters. */
  list(query: t.ListPaymentsQuery = {}, options: CallOptions = {}): ListOf<t.Payment> {
    return new List<t.Payment>(this.#api, { method: 'GET', path: '/collect/payments', query: { ...query }, options });
  }

  /** List the attempts of a payment, oldest first. Everything that was asked of the processor for this payment, each with what became of it and what the processor said. */
  listAttempts(id: string, options: CallOptions = {}): Promise<{ data: t.Attempt[] }> {
    return this.#api.call<{ data: t.Attempt[] }>({ method: 'GET', path: `/collect/payments/${encodeURIComponent(id)}/attempts`, options });
  }

  /** Capture all or a part of what is authorised. Several partial captures are allowed. Answers when the processor has, or after 15 seconds with the payment as it stands: what is not known then follows by event. A declined capture answers 200 too, with unchanged amounts and `last_payment_error`. */
  capture(id: string, params: t.CaptureCreate = {}, options: CallOptions = {}): Promise<t.Payment> {
    return this.#api.call<t.Payment>({ method: 'POST', path: `/collect/payments/${encodeURIComponent(id)}/captures`, body: params, options });
  }

  /** Release everything that is still reserved. Has no amount: what was captured stays captured, all the rest goes back. Answers like a capture: a declined void is 200 too. */
  void(id: string, options: CallOptions = {}): Promise<t.Payment> {
    return this.#api.call<t.Payment>({ method: 'POST', path: `/collect/payments/${encodeURIComponent(id)}/voids`, options });
  }

  /** Give back all or a part of what was paid. Several partial refunds are allowed, also side by side. A pending refund keeps its amount reserved; a failed one frees it. The end of a pending one follows by event. */
  refund(id: string, params: t.RefundCreate = {}, options: CallOptions = {}): Promise<t.Refund> {
    return this.#api.call<t.Refund>({ method: 'POST', path: `/collect/payments/${encodeURIComponent(id)}/refunds`, body: params, options });
  }

  /** Show every movement of a payment and where its money stands. Every movement of the money of this payment between its accounts; the movements of one entry sum to zero. */
  ledger(id: string, options: CallOptions = {}): Promise<{ data: t.LedgerEntry[]; balance: t.LedgerBalance }> {
    return this.#api.call<{ data: t.LedgerEntry[]; balance: t.LedgerBalance }>({ method: 'GET', path: `/collect/payments/${encodeURIComponent(id)}/ledger`, options });
  }

  /** Close the review of a payment. For payments with a `review`. The processor is asked once more first: what it says by now comes before what you say. Your note is kept for good. */
  resolve(id: string, params: t.PaymentResolve, options: CallOptions = {}): Promise<t.Payment> {
    return this.#api.call<t.Payment>({ method: 'POST', path: `/collect/payments/${encodeURIComponent(id)}/resolve`, body: params, options });
  }

  /** List the closed reviews of a payment, oldest first. What people decided about this payment when the processor could not tell, with their notes. */
  listResolutions(id: string, options: CallOptions = {}): Promise<{ data: t.PaymentResolution[] }> {
    return this.#api.call<{ data: t.PaymentResolution[] }>({ method: 'GET', path: `/collect/payments/${encodeURIComponent(id)}/resolutions`, options });
  }
}

export class PaymentMethodsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** List the ways to pay. What a session of these words would offer, in the order of the page, and every other way to pay with the reasons why not. */
  listTypes(query: t.ListPaymentMethodTypesQuery = {}, options: CallOptions = {}): Promise<{ data: t.PaymentMethodType[] }> {
    return this.#api.call<{ data: t.PaymentMethodType[] }>({ method: 'GET', path: '/collect/payment_method_types', query: { ...query }, options });
  }

  /** Get a saved payment method. One saved payment method: brand, last four digits and expiry, never the number. */
  get(id: string, options: CallOptions = {}): Promise<t.PaymentMethod> {
    return this.#api.call<t.PaymentMethod>({ method: 'GET', path: `/collect/payment_methods/${encodeURIComponent(id)}`, options });
  }

  /** Remove a saved payment method. Its mandates are revoked and its card is shredded. */
  remove(id: string, options: CallOptions = {}): Promise<t.PaymentMethod> {
    return this.#api.call<t.PaymentMethod>({ method: 'DELETE', path: `/collect/payment_methods/${encodeURIComponent(id)}`, options });
  }
}

export class RefundsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get a refund. The refund as it is now; `pending` until the processor has said what became of it. */
  get(id: string, options: CallOptions = {}): Promise<t.Refund> {
    return this.#api.call<t.Refund>({ method: 'GET', path: `/collect/refunds/${encodeURIComponent(id)}`, options });
  }

  /** List refunds, newest first. A page of refunds of this mode, by their filters. */
  list(query: t.ListRefundsQuery = {}, options: CallOptions = {}): ListOf<t.Refund> {
    return new List<t.Refund>(this.#api, { method: 'GET', path: '/collect/refunds', query: { ...query }, options });
  }
}

export class CustomersResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Create a customer. A customer to whom payment methods and mandates can belong. A session can also make one by itself. */
  create(params: t.CustomerCreate = {}, options: CallOptions = {}): Promise<t.Customer> {
    return this.#api.call<t.Customer>({ method: 'POST', path: '/collect/customers', body: params, options });
  }

  /** List customers, newest first. A page of customers of this mode, by their filters. */
  list(query: t.ListCustomersQuery = {}, options: CallOptions = {}): ListOf<t.Customer> {
    return new List<t.Customer>(this.#api, { method: 'GET', path: '/collect/customers', query: { ...query }, options });
  }

  /** Get a customer. The customer, without the payment methods, which have a list of their own. */
  get(id: string, options: CallOptions = {}): Promise<t.Customer> {
    return this.#api.call<t.Customer>({ method: 'GET', path: `/collect/customers/${encodeURIComponent(id)}`, options });
  }

  /** Change a customer. Changes what is given and leaves the rest. */
  update(id: string, params: t.CustomerCreate = {}, options: CallOptions = {}): Promise<t.Customer> {
    return this.#api.call<t.Customer>({ method: 'PATCH', path: `/collect/customers/${encodeURIComponent(id)}`, body: params, options });
  }

  /** Delete a customer. Removes its saved methods and revokes its mandates too. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#api.call<void>({ method: 'DELETE', path: `/collect/customers/${encodeURIComponent(id)}`, options });
  }

  /** List the saved payment methods of a customer, newest first. What this customer has saved and may be charged, without a number of any card. */
  listPaymentMethods(id: string, query: t.ListPaymentMethodsQuery = {}, options: CallOptions = {}): ListOf<t.PaymentMethod> {
    return new List<t.PaymentMethod>(this.#api, { method: 'GET', path: `/collect/customers/${encodeURIComponent(id)}/payment_methods`, query: { ...query }, options });
  }
}

export class MandatesResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get a mandate. What the payer agreed to, what was used of it, and when the next charge is allowed. */
  get(id: string, options: CallOptions = {}): Promise<t.Mandate> {
    return this.#api.call<t.Mandate>({ method: 'GET', path: `/collect/mandates/${encodeURIComponent(id)}`, options });
  }

  /** List mandates, newest first. A page of mandates of this mode, by their filters. */
  list(query: t.ListMandatesQuery = {}, options: CallOptions = {}): ListOf<t.Mandate> {
    return new List<t.Mandate>(this.#api, { method: 'GET', path: '/collect/mandates', query: { ...query }, options });
  }

  /** Revoke a mandate. Nothing is charged under it from this answer on. Revoking a revoked mandate answers it as it is. */
  revoke(id: string, params: t.MandateRevoke = {}, options: CallOptions = {}): Promise<t.Mandate> {
    return this.#api.call<t.Mandate>({ method: 'POST', path: `/collect/mandates/${encodeURIComponent(id)}/revoke`, body: params, options });
  }

  /** Would this charge be allowed?. Holds a charge against every rule of the mandate at an instant, with what was taken until now. Reserves, writes and promises nothing. */
  check(id: string, params: t.MandateCheckRequest, options: CallOptions = {}): Promise<t.MandateCheck> {
    return this.#api.call<t.MandateCheck>({ method: 'POST', path: `/collect/mandates/${encodeURIComponent(id)}/check`, body: params, options });
  }

  /** Everything that shows what was agreed and charged. Consent, terms, first payment and charges as one document, for a dispute. */
  evidence(id: string, options: CallOptions = {}): Promise<t.MandateEvidence> {
    return this.#api.call<t.MandateEvidence>({ method: 'GET', path: `/collect/mandates/${encodeURIComponent(id)}/evidence`, options });
  }
}

export class SubscriptionsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get a subscription. The subscription with its plan, its next date and its latest trouble. */
  get(id: string, options: CallOptions = {}): Promise<t.Subscription> {
    return this.#api.call<t.Subscription>({ method: 'GET', path: `/collect/subscriptions/${encodeURIComponent(id)}`, options });
  }

  /** Change a subscription. Another amount has to be one that the mandate allows, and holds from the next due date that has not begun. More needs a new first_in_series session. */
  update(id: string, params: t.SubscriptionUpdate = {}, options: CallOptions = {}): Promise<t.Subscription> {
    return this.#api.call<t.Subscription>({ method: 'PATCH', path: `/collect/subscriptions/${encodeURIComponent(id)}`, body: params, options });
  }

  /** List subscriptions, newest first. A page of subscriptions of this mode, by their filters. */
  list(query: t.ListSubscriptionsQuery = {}, options: CallOptions = {}): ListOf<t.Subscription> {
    return new List<t.Subscription>(this.#api, { method: 'GET', path: '/collect/subscriptions', query: { ...query }, options });
  }

  /** List the due dates of a subscription, newest first. Those that came so far, with what became of each. */
  listCharges(id: string, query: t.ListSubscriptionChargesQuery = {}, options: CallOptions = {}): ListOf<t.SubscriptionCharge> {
    return new List<t.SubscriptionCharge>(this.#api, { method: 'GET', path: `/collect/subscriptions/${encodeURIComponent(id)}/charges`, query: { ...query }, options });
  }

  /** Pause a subscription. No new tries. What is under way is settled, a planned retry is given up, and due dates that pass are skipped. Pausing a paused one answers it as it is. */
  pause(id: string, options: CallOptions = {}): Promise<t.Subscription> {
    return this.#api.call<t.Subscription>({ method: 'POST', path: `/collect/subscriptions/${encodeURIComponent(id)}/pause`, options });
  }

  /** Resume a subscription. Charges go on with the next due date. Resuming one that runs answers it as it is. */
  resume(id: string, options: CallOptions = {}): Promise<t.Subscription> {
    return this.#api.call<t.Subscription>({ method: 'POST', path: `/collect/subscriptions/${encodeURIComponent(id)}/resume`, options });
  }

  /** Cancel a subscription. At once and for good. Cancelling a cancelled one answers it as it is. */
  cancel(id: string, params: t.SubscriptionCancel = {}, options: CallOptions = {}): Promise<t.Subscription> {
    return this.#api.call<t.Subscription>({ method: 'POST', path: `/collect/subscriptions/${encodeURIComponent(id)}/cancel`, body: params, options });
  }
}

export class EventsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** List events in the order of their sequence numbers. To follow events, ask again with `after` set to the last sequence number you saw: numbers appear in order, so nothing is missed. */
  list(query: t.ListEventsQuery = {}, options: CallOptions = {}): ListOf<t.Event> {
    return new List<t.Event>(this.#api, { method: 'GET', path: '/collect/events', query: { ...query }, options });
  }

  /** Get an event. The event as it was and will be sent: its data is the object right after the change. */
  get(id: string, options: CallOptions = {}): Promise<t.Event> {
    return this.#api.call<t.Event>({ method: 'GET', path: `/collect/events/${encodeURIComponent(id)}`, options });
  }
}

export class WebhookEndpointsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Add a webhook endpoint. The answer holds the secret that signs every delivery. It is not shown again. */
  create(params: t.CreateWebhookEndpointBody, options: CallOptions = {}): Promise<t.NewWebhookEndpoint> {
    return this.#api.call<t.NewWebhookEndpoint>({ method: 'POST', path: '/collect/webhook_endpoints', body: params, options });
  }

  /** List webhook endpoints, newest first. A page of endpoints of this mode, without their secrets. */
  list(query: t.ListWebhookEndpointsQuery = {}, options: CallOptions = {}): ListOf<t.WebhookEndpoint> {
    return new List<t.WebhookEndpoint>(this.#api, { method: 'GET', path: '/collect/webhook_endpoints', query: { ...query }, options });
  }

  /** Change a webhook endpoint. With `enabled: true` an endpoint that was switched off gets at once what is due to it. */
  update(id: string, params: t.UpdateWebhookEndpointBody = {}, options: CallOptions = {}): Promise<t.WebhookEndpoint> {
    return this.#api.call<t.WebhookEndpoint>({ method: 'PATCH', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}`, body: params, options });
  }

  /** Delete a webhook endpoint. What was still on its way to it is given up. */
  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#api.call<void>({ method: 'DELETE', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}`, options });
  }

  /** Get a webhook endpoint. The endpoint as it is now. Its secret is shown when it is made or replaced, and never here. */
  get(id: string, options: CallOptions = {}): Promise<t.WebhookEndpoint> {
    return this.#api.call<t.WebhookEndpoint>({ method: 'GET', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}`, options });
  }

  /** List the deliveries of a webhook endpoint, newest first. A page of what was sent to this endpoint or is on its way, each with all of its tries. */
  listDeliveries(id: string, query: t.ListDeliveriesQuery = {}, options: CallOptions = {}): ListOf<t.Delivery> {
    return new List<t.Delivery>(this.#api, { method: 'GET', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}/deliveries`, query: { ...query }, options });
  }

  /** Send a ping to a webhook endpoint. A `webhook_endpoint.ping` event goes to this endpoint alone, whatever types it has asked for. */
  ping(id: string, options: CallOptions = {}): Promise<t.WebhookEndpoint> {
    return this.#api.call<t.WebhookEndpoint>({ method: 'POST', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}/ping`, options });
  }

  /** Replace the secret of a webhook endpoint. The answer holds the new secret, which is not shown again. The one before signs beside it for a day or as long as you say, so that deliveries verify with either. */
  rotateSecret(id: string, params: t.RotateWebhookSecretBody = {}, options: CallOptions = {}): Promise<t.NewWebhookEndpoint> {
    return this.#api.call<t.NewWebhookEndpoint>({ method: 'POST', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}/rotate_secret`, body: params, options });
  }

  /** Send everything that an endpoint missed. Of the events since a moment, those that were given up are sent again, and those of types that the endpoint has asked for and was never sent, for it was disabled or did not exist, are sent for the first time. What was delivered is not repeated. It happens in the background, beside new events. */
  recover(id: string, params: t.RecoverWebhookEndpointBody, options: CallOptions = {}): Promise<t.WebhookRecovery> {
    return this.#api.call<t.WebhookRecovery>({ method: 'POST', path: `/collect/webhook_endpoints/${encodeURIComponent(id)}/recover`, body: params, options });
  }
}

export class DeliveriesResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get a delivery and its tries. One event on its way to one endpoint: every try with its time, its status and the first 4 kB of the answer. */
  get(id: string, options: CallOptions = {}): Promise<t.Delivery> {
    return this.#api.call<t.Delivery>({ method: 'GET', path: `/collect/deliveries/${encodeURIComponent(id)}`, options });
  }

  /** Send a delivery again. The same bytes under the same event id, at once, whether it was delivered, given up or waits for its next try. It goes beside other deliveries and holds none up; if it fails, the schedule of tries goes on where it was, and after the tenth try it is given up again. */
  retry(id: string, options: CallOptions = {}): Promise<t.Delivery> {
    return this.#api.call<t.Delivery>({ method: 'POST', path: `/collect/deliveries/${encodeURIComponent(id)}/retry`, options });
  }
}

export class RequestLogsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** List requests to the API and their answers. A request is listed a moment after its answer. Requests to the request log itself are not listed, nor are those without a valid key. */
  list(query: t.ListRequestLogsQuery = {}, options: CallOptions = {}): ListOf<t.RequestLog> {
    return new List<t.RequestLog>(this.#api, { method: 'GET', path: '/collect/request_logs', query: { ...query }, options });
  }

  /** Get a request and its answer. The id is that of the `Request-Id` header of the answer. */
  get(id: string, options: CallOptions = {}): Promise<t.RequestLog> {
    return this.#api.call<t.RequestLog>({ method: 'GET', path: `/collect/request_logs/${encodeURIComponent(id)}`, options });
  }
}

export class TestModeResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Forget what banks said about test cards. Forgets every decline, block and hold of this account in test mode, so that each card may be tried as if for the first time. What happened to payments and mandates stays as it is: a revoked mandate stays revoked. Doing it twice is the same as once. */
  resetCards(options: CallOptions = {}): Promise<void> {
    return this.#api.call<void>({ method: 'POST', path: '/collect/test/cards/reset', options });
  }

  /** Where the clock of test mode stands. The time by which the rules of this test account go. */
  getClock(options: CallOptions = {}): Promise<t.TestClock> {
    return this.#api.call<t.TestClock>({ method: 'GET', path: '/collect/test/clock', options });
  }

  /** Move the clock of test mode forward. Moves the clock of this account’s test mode, here and at the sandbox processor, and answers when everything that fell due on the way has been done, in due order. Name `to` or `seconds`. Calls at once follow each other. A clock never goes back. When the sandbox does not answer, the clock stays where the last step left it. */
  advanceClock(params: t.TestClockAdvance = {}, options: CallOptions = {}): Promise<t.TestClockMoved> {
    return this.#api.call<t.TestClockMoved>({ method: 'POST', path: '/collect/test/clock/advance', body: params, options });
  }
}

export class SettingsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get the settings. All settings, those that were never changed with their defaults. */
  get(options: CallOptions = {}): Promise<t.Settings> {
    return this.#api.call<t.Settings>({ method: 'GET', path: '/collect/settings', options });
  }

  /** Change settings. Changes what is named and leaves the rest. Holds within a second. */
  update(params: t.SettingsPatch = {}, options: CallOptions = {}): Promise<t.Settings> {
    return this.#api.call<t.Settings>({ method: 'PATCH', path: '/collect/settings', body: params, options });
  }
}

export class BrandingResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get the branding. What was set, the default for what was not, and the colours that were made from it. */
  get(options: CallOptions = {}): Promise<t.Branding> {
    return this.#api.call<t.Branding>({ method: 'GET', path: '/collect/branding', options });
  }

  /** Replace the branding. Replaces all of it: a field that is absent has its default again. Files stay. The same request twice is the same as once, but for the version. Open pages take the change at their next load. */
  replace(params: t.BrandingReplacement = {}, options: CallOptions = {}): Promise<t.Branding> {
    return this.#api.call<t.Branding>({ method: 'PUT', path: '/collect/branding', body: params, options });
  }

  /** Look at a branding before saving it. Takes what `PUT /collect/branding` takes and saves nothing. The link shows every page of the checkout with made-up payments for an hour to whoever has it. */
  preview(params: t.BrandingReplacement = {}, options: CallOptions = {}): Promise<t.BrandingPreview> {
    return this.#api.call<t.BrandingPreview>({ method: 'POST', path: '/collect/branding/preview', body: params, options });
  }

  /** Put a logo or font. The body is the file. PNG, JPEG, WebP and SVG of at most 32 KiB and 2000 pixels a side, WOFF2 of at most 64 KiB. What it is, its bytes say. It is written anew without metadata; an SVG must be plain drawing: no script, style sheet, text, link or outside reference. */
  putFile(slot: string, file: FileBody, options: CallOptions = {}): Promise<t.StoredBrandingFile> {
    return this.#api.call<t.StoredBrandingFile>({ method: 'PUT', path: `/collect/branding/files/${encodeURIComponent(slot)}`, file, options });
  }

  /** Take a logo or font away. The pages show none at once. Removing what is not there is no error. */
  deleteFile(slot: string, options: CallOptions = {}): Promise<void> {
    return this.#api.call<void>({ method: 'DELETE', path: `/collect/branding/files/${encodeURIComponent(slot)}`, options });
  }
}

export class CheckoutSettingsResource {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Get the settings of the checkout page. Also lists the languages of the page, and which of them a native speaker has read. */
  get(options: CallOptions = {}): Promise<t.CheckoutSettings> {
    return this.#api.call<t.CheckoutSettings>({ method: 'GET', path: '/collect/checkout_settings', options });
  }

  /** Replace the settings of the checkout page. Replaces all of them: a field that is absent has its default again. Holds within a second, on open pages too. */
  replace(params: t.CheckoutSettingsReplacement = {}, options: CallOptions = {}): Promise<t.CheckoutSettings> {
    return this.#api.call<t.CheckoutSettings>({ method: 'PUT', path: '/collect/checkout_settings', body: params, options });
  }
}

/** Every resource of the API. */
export class Resources {
  readonly paymentSessions: PaymentSessionsResource;
  readonly payments: PaymentsResource;
  readonly paymentMethods: PaymentMethodsResource;
  readonly refunds: RefundsResource;
  readonly customers: CustomersResource;
  readonly mandates: MandatesResource;
  readonly subscriptions: SubscriptionsResource;
  readonly events: EventsResource;
  readonly webhookEndpoints: WebhookEndpointsResource;
  readonly deliveries: DeliveriesResource;
  readonly requestLogs: RequestLogsResource;
  readonly testMode: TestModeResource;
  readonly settings: SettingsResource;
  readonly branding: BrandingResource;
  readonly checkoutSettings: CheckoutSettingsResource;

  constructor(api: Api) {
    this.paymentSessions = new PaymentSessionsResource(api);
    this.payments = new PaymentsResource(api);
    this.paymentMethods = new PaymentMethodsResource(api);
    this.refunds = new RefundsResource(api);
    this.customers = new CustomersResource(api);
    this.mandates = new MandatesResource(api);
    this.subscriptions = new SubscriptionsResource(api);
    this.events = new EventsResource(api);
    this.webhookEndpoints = new WebhookEndpointsResource(api);
    this.deliveries = new DeliveriesResource(api);
    this.requestLogs = new RequestLogsResource(api);
    this.testMode = new TestModeResource(api);
    this.settings = new SettingsResource(api);
    this.branding = new BrandingResource(api);
    this.checkoutSettings = new CheckoutSettingsResource(api);
  }
}
