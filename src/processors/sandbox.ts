/**
 * The connector to the sandbox processor (`tender sandbox`): test mode's bank. It keeps the contract in `processor.ts`
 * like any other connector and knows the sandbox only by its HTTP interface.
 *
 * Credentials: `base_url`, `merchant_key`, and `notification_secret` (two, separated by a space, while one replaces the
 * other).
 */
import type { Logger } from 'pino';
import type { Outbound } from '../system.ts';
import { askJson, type CallLimits, type JsonAnswer, MONEY_LIMITS, QUESTION_LIMITS } from './http-client.ts';
import type { Call, Capabilities, ChargeOrder, Outcome, Processor, StepOrder, UnknownOutcome } from './processor.ts';
import { toLookup, toOutcome, toReversal } from './sandbox-answers.ts';
import { readNotice } from './sandbox-notices.ts';
import {
  chargeRequest,
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
  partialCapture: true,
  partialRefund: true,
  networkTransactionIds: true,
};

const NOT_SUPPORTED: Outcome = { kind: 'declined', stage: 'not_sent', code: 'not_supported', raw: {} };

/** The connector over `send`. It has no clock, no randomness and no state. */
export function createSandboxProcessor({ send, log, limits }: SandboxOptions): Processor {
  const moneyLimits = { ...MONEY_LIMITS, ...limits?.money };
  const questionLimits = { ...QUESTION_LIMITS, ...limits?.question };

  const ask = (request: SandboxRequest, call: Call, about: { operation: string; limits: CallLimits }) => {
    const { base_url: baseUrl = '', merchant_key: merchantKey = '' } = call.credentials;
    return askJson(send, {
      operation: about.operation,
      method: request.method,
      url: `${baseUrl.replace(/\/+$/, '')}${request.path}`,
      headers: { 'merchant-key': merchantKey, ...(request.requestKey && { 'request-key': request.requestKey }) },
      body: request.body,
      limits: about.limits,
      secrets: [...request.secrets, merchantKey],
      signal: call.signal,
    });
  };

  const tell = <T extends { kind: string }>(result: T | UnknownOutcome, call: Call): T | UnknownOutcome => {
    if ('alarm' in result && result.alarm) {
      const { why, evidence } = result;
      const { operation, status, latencyMs, bytes, detail } = evidence;
      log?.warn(
        {
          processor: 'sandbox',
          request_key: call.requestKey,
          operation,
          why,
          status,
          latency_ms: latencyMs,
          bytes,
          detail,
        },
        'an answer of the processor is unreadable or contradicts the question',
      );
    }
    return result;
  };

  const charge = async (order: ChargeOrder, call: Call, intent: Intent): Promise<Outcome> => {
    const { requestKey } = call;
    const request = chargeRequest(order, { intent, requestKey });
    if (request === undefined) return NOT_SUPPORTED;
    const answer = await ask(request, call, { operation: intent, limits: moneyLimits });
    const { money, reference } = order;
    return tell(toOutcome(answer, { operation: intent, requestKey, money, reference }), call);
  };

  const takeStep = async (order: StepOrder, call: Call, step: Step): Promise<Outcome> => {
    const { requestKey } = call;
    const answer = await ask(stepRequest(order, { step, requestKey }), call, { operation: step, limits: moneyLimits });
    const { money, reference } = order;
    const charged = { ref: order.chargeRef, amountMinor: order.charge.amountMinor };
    return tell(toOutcome(answer, { operation: step, requestKey, money, reference, charge: charged }), call);
  };

  return {
    name: 'sandbox',
    capabilities: CAPABILITIES,
    charge: (order, call) => charge(order, call, 'charge'),
    authorize: (order, call) => charge(order, call, 'authorize'),
    verify: (order, call) => charge(order, call, 'verify'),
    capture: (order, call) => takeStep(order, call, 'capture'),
    void: (order, call) => takeStep(order, call, 'void'),
    refund: (order, call) => takeStep(order, call, 'refund'),
    async lookup(order, call) {
      const { requestKey } = call;
      const answer: JsonAnswer = await ask(lookupRequest(requestKey), call, {
        operation: 'lookup',
        limits: questionLimits,
      });
      return tell(toLookup(answer, { ...order, requestKey }), call);
    },
    async reverse(order, call) {
      const { requestKey } = call;
      const request = reversalRequest(order, requestKey);
      const answer = await ask(request, call, { operation: 'reverse', limits: moneyLimits });
      return tell(toReversal(answer, requestKey), call);
    },
    parseNotification: readNotice,
  };
}
