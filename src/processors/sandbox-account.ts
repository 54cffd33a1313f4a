/**
 * Setting up at the sandbox processor, outside any payment: is it one at all, an account for a test tenant, and where its
 * notifications go. Used once at start-up and by the doctor of a lost account, never on the way of money.
 */
import { assert } from '../lib/assert.ts';
import type { Outbound } from '../system.ts';
import { askJson, isObject, type JsonAnswer, QUESTION_LIMITS } from './http-client.ts';
import type { Credentials } from './processor.ts';

export class SandboxSetupFailed extends Error {
  override name = 'SandboxSetupFailed';
}

interface Place {
  send: Outbound;
  /** Origin of the sandbox, such as `http://127.0.0.1:4601`. */
  baseUrl: string;
}

function ask(
  { send, baseUrl }: Place,
  question: { operation: string; method: 'GET' | 'POST' | 'PUT'; path: string; key?: [string, string]; body?: unknown },
): Promise<JsonAnswer> {
  const { operation, method, path, key, body } = question;
  return askJson(send, {
    operation,
    method,
    url: baseUrl.replace(/\/+$/, '') + path,
    headers: key ? { [key[0]]: key[1] } : {},
    body,
    limits: QUESTION_LIMITS,
    secrets: key ? [key[1]] : [],
  });
}

function because(answer: JsonAnswer): string {
  if (answer.kind !== 'json') return answer.evidence.detail;
  return answer.evidence(`status ${answer.status}`).body ?? `status ${answer.status}`;
}

/** True only if a sandbox answers there: a tenant in test mode must never reach a real processor by a wrong address. */
export async function isSandbox(place: Place): Promise<boolean> {
  const answer = await ask(place, { operation: 'health', method: 'GET', path: '/health' });
  return answer.kind === 'json' && answer.status === 200 && answer.body.name === 'tender-sandbox';
}

/**
 * The account called `name`, made if it is not there: the same name is the same account for ever.
 * Throws {@link SandboxSetupFailed} when the sandbox does not give one.
 */
export async function openSandboxAccount(
  request: Place & { controlKey: string; name: string; notificationUrl: string },
): Promise<Credentials> {
  const { controlKey, name, notificationUrl } = request;
  const answer = await ask(request, {
    operation: 'open account',
    method: 'POST',
    path: '/control/accounts',
    key: ['control-key', controlKey],
    body: { name, notification_url: notificationUrl },
  });
  if (answer.kind !== 'json' || (answer.status !== 200 && answer.status !== 201)) {
    throw new SandboxSetupFailed(`The sandbox at ${request.baseUrl} opened no account: ${because(answer)}`);
  }
  const { merchant_key: merchantKey, notification_secret: secret } = answer.body;
  if (typeof merchantKey !== 'string' || typeof secret !== 'string') {
    throw new SandboxSetupFailed(`The sandbox at ${request.baseUrl} opened an account without keys.`);
  }
  return { base_url: request.baseUrl, merchant_key: merchantKey, notification_secret: secret };
}

/**
 * Says again where notifications go. `account_unknown`: the sandbox no longer has this account (its book was deleted), so
 * open it anew. Throws {@link SandboxSetupFailed} for anything else than success.
 */
export async function announceNotificationUrl(request: {
  send: Outbound;
  credentials: Credentials;
  notificationUrl: string;
}): Promise<'announced' | 'account_unknown'> {
  const { send, credentials, notificationUrl } = request;
  const { base_url: baseUrl, merchant_key: merchantKey } = credentials;
  assert(baseUrl !== undefined && merchantKey !== undefined, 'sandbox credentials without address or key');
  const answer = await ask(
    { send, baseUrl },
    {
      operation: 'announce',
      method: 'PUT',
      path: '/v1/account',
      key: ['merchant-key', merchantKey],
      body: { notification_url: notificationUrl },
    },
  );
  if (answer.kind === 'json' && answer.status === 401) return 'account_unknown';
  if (answer.kind === 'json' && answer.status === 200 && isObject(answer.body)) return 'announced';
  throw new SandboxSetupFailed(`The sandbox at ${baseUrl} did not take the notification address: ${because(answer)}`);
}
