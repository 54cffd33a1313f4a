/**
 * The connector to the sandbox processor (`tender sandbox`): test mode's bank. It keeps the contract in `processor.ts`
 * like any other connector and knows the sandbox only by its HTTP interface.
 *
 * Credentials: `base_url`, `merchant_key`, and `notification_secret` (two, separated by a space, while one replaces the
 * other).
 */
import type { Logger } from 'pino';
import { OTHER_METHOD_TYPES } from '../domain/payment-method-types.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Outbound } from '../system.ts';
import { askJson, type CallLimits, type JsonAnswer, MONEY_LIMITS, QUESTION_LIMITS } from './http-client.ts';
import type {
  AccountCall,
  Call,
  Capabilities,
  ChargeOrder,
  ClockStep,
  KeyOrder,
  Lookup,
  Outcome,
  Processor,
  Reversal,
  StepOrder,
  UndoOrder,
  UnknownOutcome,
} from './processor.ts';
import { BANKS } from './sandbox-actions.ts';
import { toClockStep, toLookup, toOutcome, toReversal } from './sandbox-answers.ts';
import { readNotice } from './sandbox-notices.ts';
import {
  chargeRequest,
  clockRequest,
  type Intent,
  lookupRequest,
  reversalRequest,
  type SandboxRequest,
  type Step,
  stepRequest,
} from './sandbox-requests.ts';

export interface SandboxOptions {
  send: Outbound;
  log?: Pick<Logger, 'warn'>;
  /** For tests that must not wait. */
  limits?: { money?: Partial<CallLimits>; question?: Partial<CallLimits> };
}

const CAPABILITIES: Capabilities = {
  currencies: '*',
  visibilityDelayMs: 60_000,
  intents: ['charge', 'authorize', 'verify'],
  steps: ['capture', 'void', 'refund'],
  methods: ['card', ...OTHER_METHOD_TYPES],
  choices: { pay_by_bank: BANKS },
  partialCapture: true,
  partialRefund: true,
  networkTransactionIds: true,
};

const NOT_SUPPORTED: Outcome = { kind: 'declined', stage: 'not_sent', code: 'not_supported', raw: {} };

/** The connector over `send`. It has no clock, no randomness and no state. */
export function createSandboxProcessor(options: SandboxOptions): Processor {
  const client: Client = {
    send: options.send,
    log: options.log,
    moneyLimits: { ...MONEY_LIMITS, ...options.limits?.money },
    questionLimits: { ...QUESTION_LIMITS, ...options.limits?.question },
  };
  return {
    name: 'sandbox',
    capabilities: CAPABILITIES,
    charge: (order, call) => charge(client, { order, call, intent: 'charge' }),
    authorize: (order, call) => charge(client, { order, call, intent: 'authorize' }),
    verify: (order, call) => charge(client, { order, call, intent: 'verify' }),
    capture: (order, call) => takeStep(client, { order, call, step: 'capture' }),
    void: (order, call) => takeStep(client, { order, call, step: 'void' }),
    refund: (order, call) => takeStep(client, { order, call, step: 'refund' }),
    lookup: (order, call) => lookUp(client, order, call),
    reverse: (order, call) => reverse(client, order, call),
    advanceClock: (to, call) => askClock(client, call, to),
    readClock: (call) => askClock(client, call),
    parseNotification: readNotice,
  };
}

interface Client {
  send: Outbound;
  log: SandboxOptions['log'];
  moneyLimits: CallLimits;
  questionLimits: CallLimits;
}

async function charge(
  client: Client,
  { order, call, intent }: { order: ChargeOrder; call: Call; intent: Intent },
): Promise<Outcome> {
  const { requestKey } = call;
  const request = chargeRequest(order, { intent, requestKey });
  if (request === undefined) return NOT_SUPPORTED;
  const answer = await ask(client, request, { call, operation: intent });
  const { money, reference } = order;
  return tell(
    client,
    call,
    toOutcome(answer, { operation: intent, requestKey, money, reference, instrument: order.instrument.type }),
  );
}

async function takeStep(
  client: Client,
  { order, call, step }: { order: StepOrder; call: Call; step: Step },
): Promise<Outcome> {
  const { requestKey } = call;
  const answer = await ask(client, stepRequest(order, { step, requestKey }), { call, operation: step });
  const { money, reference } = order;
  const charged = { ref: order.chargeRef, amountMinor: order.charge.amountMinor };
  return tell(client, call, toOutcome(answer, { operation: step, requestKey, money, reference, charge: charged }));
}

async function lookUp(client: Client, order: KeyOrder, call: Call): Promise<Lookup> {
  const { requestKey } = call;
  const answer = await ask(client, lookupRequest(requestKey), { call, operation: 'lookup' });
  return tell(client, call, toLookup(answer, { ...order, requestKey }));
}

async function reverse(client: Client, order: UndoOrder, call: Call): Promise<Reversal> {
  const { requestKey } = call;
  const answer = await ask(client, reversalRequest(order, requestKey), { call, operation: 'reverse' });
  return tell(client, call, toReversal(answer, requestKey));
}

async function askClock(client: Client, call: AccountCall, to?: Timestamp): Promise<ClockStep> {
  return toClockStep(await ask(client, clockRequest(to), { call, operation: 'clock' }), to);
}

function ask(
  client: Client,
  request: SandboxRequest,
  { call, operation }: { call: AccountCall; operation: string },
): Promise<JsonAnswer> {
  const { base_url: baseUrl = '', merchant_key: merchantKey = '' } = call.credentials;
  return askJson(client.send, {
    operation,
    method: request.method,
    url: `${baseUrl.replace(/\/+$/, '')}${request.path}`,
    headers: { 'merchant-key': merchantKey, ...(request.requestKey && { 'request-key': request.requestKey }) },
    body: request.body,
    limits: operation === 'lookup' || operation === 'clock' ? client.questionLimits : client.moneyLimits,
    secrets: [...request.secrets, merchantKey],
    signal: call.signal,
  });
}

/** Hands `result` on, and writes a line if it raises the alarm. */
function tell<T extends { kind: string }>(client: Client, call: Call, result: T | UnknownOutcome): T | UnknownOutcome {
  if ('alarm' in result && result.alarm) {
    const { operation, status, latencyMs, bytes, detail } = result.evidence;
    client.log?.warn(
      {
        processor: 'sandbox',
        request_key: call.requestKey,
        operation,
        why: result.why,
        status,
        latency_ms: latencyMs,
        bytes,
        detail,
      },
      'an answer of the processor is unreadable or contradicts the question',
    );
  }
  return result;
}
