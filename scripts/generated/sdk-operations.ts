/**
 * The operations of the OpenAPI document as the SDK offers them. Each has a place of its own in {@link PLACES}; a new route
 * without one fails, so that none is forgotten.
 */
import type { Schema } from './typescript-text.ts';

export interface Spec {
  paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'path' | 'method'>>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  path: string;
  method: string;
  operationId: string;
  summary: string;
  description?: string;
  parameters?: readonly { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { required?: boolean; content: Readonly<Record<string, { schema: Schema }>> };
  responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

/** `operationId` → resource and method of the SDK. */
export const PLACES: Readonly<Record<string, readonly [resource: string, method: string]>> = {
  createPaymentSession: ['paymentSessions', 'create'],
  listPaymentSessions: ['paymentSessions', 'list'],
  getPaymentSession: ['paymentSessions', 'get'],
  updatePaymentSession: ['paymentSessions', 'update'],
  cancelPaymentSession: ['paymentSessions', 'cancel'],
  listPayments: ['payments', 'list'],
  getPayment: ['payments', 'get'],
  listPaymentAttempts: ['payments', 'listAttempts'],
  capturePayment: ['payments', 'capture'],
  voidPayment: ['payments', 'void'],
  refundPayment: ['payments', 'refund'],
  getPaymentLedger: ['payments', 'ledger'],
  resolvePayment: ['payments', 'resolve'],
  listPaymentResolutions: ['payments', 'listResolutions'],
  listRefunds: ['refunds', 'list'],
  getRefund: ['refunds', 'get'],
  createCustomer: ['customers', 'create'],
  listCustomers: ['customers', 'list'],
  getCustomer: ['customers', 'get'],
  updateCustomer: ['customers', 'update'],
  deleteCustomer: ['customers', 'delete'],
  listPaymentMethods: ['customers', 'listPaymentMethods'],
  getBranding: ['branding', 'get'],
  replaceBranding: ['branding', 'replace'],
  previewBranding: ['branding', 'preview'],
  putBrandingFile: ['branding', 'putFile'],
  deleteBrandingFile: ['branding', 'deleteFile'],
  getCheckoutSettings: ['checkoutSettings', 'get'],
  replaceCheckoutSettings: ['checkoutSettings', 'replace'],
  listPaymentMethodTypes: ['paymentMethods', 'listTypes'],
  getPaymentMethod: ['paymentMethods', 'get'],
  removePaymentMethod: ['paymentMethods', 'remove'],
  listMandates: ['mandates', 'list'],
  getMandate: ['mandates', 'get'],
  revokeMandate: ['mandates', 'revoke'],
  checkMandate: ['mandates', 'check'],
  getMandateEvidence: ['mandates', 'evidence'],
  listSubscriptions: ['subscriptions', 'list'],
  getSubscription: ['subscriptions', 'get'],
  updateSubscription: ['subscriptions', 'update'],
  listSubscriptionCharges: ['subscriptions', 'listCharges'],
  pauseSubscription: ['subscriptions', 'pause'],
  resumeSubscription: ['subscriptions', 'resume'],
  cancelSubscription: ['subscriptions', 'cancel'],
  listEvents: ['events', 'list'],
  getEvent: ['events', 'get'],
  createWebhookEndpoint: ['webhookEndpoints', 'create'],
  listWebhookEndpoints: ['webhookEndpoints', 'list'],
  getWebhookEndpoint: ['webhookEndpoints', 'get'],
  updateWebhookEndpoint: ['webhookEndpoints', 'update'],
  deleteWebhookEndpoint: ['webhookEndpoints', 'delete'],
  listDeliveries: ['webhookEndpoints', 'listDeliveries'],
  pingWebhookEndpoint: ['webhookEndpoints', 'ping'],
  recoverWebhookEndpoint: ['webhookEndpoints', 'recover'],
  retryDelivery: ['deliveries', 'retry'],
  rotateWebhookSecret: ['webhookEndpoints', 'rotateSecret'],
  getDelivery: ['deliveries', 'get'],
  listRequestLogs: ['requestLogs', 'list'],
  getRequestLog: ['requestLogs', 'get'],
  resetTestCards: ['testMode', 'resetCards'],
  getTestClock: ['testMode', 'getClock'],
  advanceTestClock: ['testMode', 'advanceClock'],
  getSettings: ['settings', 'get'],
  updateSettings: ['settings', 'update'],
};

/** All operations, in the order of the document. Throws for one without a place. */
export function operationsOf(spec: Spec): Operation[] {
  return Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, facts]): Operation => {
      if (PLACES[facts.operationId] === undefined) {
        throw new Error(`${facts.operationId} has no place in the SDK: add it to PLACES in sdk-operations.ts.`);
      }
      return { ...facts, path, method: method.toUpperCase() };
    }),
  );
}

/** The type of the body: one of the document's own, or a new one made of `schema`. */
export function bodyOf(operation: Operation): { name: string; schema?: Schema; required: boolean } | undefined {
  const content = operation.requestBody?.content['application/json'];
  if (content === undefined) return undefined;
  const required = operation.requestBody?.required === true;
  const { $ref } = content.schema;
  if ($ref !== undefined) return { name: $ref.slice('#/components/schemas/'.length), required };
  return { name: `${capital(operation.operationId)}Body`, schema: content.schema, required };
}

/** True where the body is a file, as it is. */
export function takesFile(operation: Operation): boolean {
  return operation.requestBody !== undefined && operation.requestBody.content['application/json'] === undefined;
}

/** The type of the query, with the words and numbers that it takes. */
export function queryOf(operation: Operation): { name: string; schema: Schema } | undefined {
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query');
  if (parameters.length === 0) return undefined;
  const properties = Object.fromEntries(
    parameters.map(({ name, schema, description }): [string, Schema] => {
      const asked = NUMBERS.has(name) ? { type: 'integer' } : schema;
      return [name, { ...asked, ...(description === undefined ? {} : { description }) }];
    }),
  );
  const required = parameters.filter((one) => one.required).map((one) => one.name);
  return { name: `${capital(operation.operationId)}Query`, schema: { type: 'object', properties, required } };
}

/** Parameters of a query that are numbers, although an address holds only text. */
const NUMBERS = new Set(['limit', 'after', 'amount']);

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
