/**
 * What the payer has to do, as the sandbox processor says it, read into the product's own union. Strict: an action that cannot be
 * followed word for word is none, because a payer would stand before it.
 */
import type { NextAction, NextActionType } from '../domain/next-action.ts';
import { fromIso, type Timestamp } from '../lib/time.ts';
import { isObject } from './http-client.ts';
import type { PaymentInstrument } from './processor.ts';

/** The banks a payer may choose from: the sandbox's word and the bank's own name. */
export const BANKS: readonly { value: string; label: string }[] = [
  { value: 'prompt', label: 'Prompt Bank' },
  { value: 'patient', label: 'Patient Bank' },
  { value: 'doubtful', label: 'Doubtful Bank' },
];

const ACTIONS: Readonly<Record<PaymentInstrument['type'], NextActionType>> = {
  card: 'three_ds',
  token: 'three_ds',
  pay_by_bank: 'redirect',
  wallet_qr: 'qr_code',
  mobile_money: 'await_approval',
  voucher: 'voucher',
};

/** The one kind of action that may be asked for with this instrument. */
export function actionFor(instrument: PaymentInstrument['type']): NextActionType {
  return ACTIONS[instrument];
}

/** `{ expectBy }` where a pending charge says when its end is known; it decides nothing, so a wrong form is left out. */
export function expectation(expectedBy: unknown): { expectBy?: Timestamp } {
  const at = typeof expectedBy === 'string' ? fromIso(expectedBy) : undefined;
  return at === undefined ? {} : { expectBy: at };
}

/** The action and its deadline, or undefined if it is none that a payer could follow. `method` is the charge's own. */
export function readAction(
  action: unknown,
  method?: unknown,
): { action: NextAction; expiresAt: Timestamp } | undefined {
  if (!isObject(action) || typeof action.expires_at !== 'string') return undefined;
  const expiresAt = fromIso(action.expires_at);
  const read = readers.get(String(action.type))?.(action, isObject(method) ? method : {});
  return expiresAt === undefined || read === undefined ? undefined : { action: read, expiresAt };
}

type Read = (action: Record<string, unknown>, method: Record<string, unknown>) => NextAction | undefined;

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['three_ds', readChallenge],
  ['redirect', readRedirect],
  ['qr', readCode],
  ['push', readPush],
  ['voucher', readVoucher],
]);

function readChallenge({ acs_url: acsUrl, creq, method_url: methodUrl }: Record<string, unknown>) {
  if (!isAddress(acsUrl) || typeof creq !== 'string' || !/^[\w=-]{1,4096}$/.test(creq)) return undefined;
  return { type: 'three_ds' as const, acsUrl, creq, ...(isAddress(methodUrl) && { methodUrl }) };
}

function readRedirect({ url }: Record<string, unknown>, method: Record<string, unknown>) {
  if (!isAddress(url)) return undefined;
  const bank = BANKS.find((one) => one.value === method.bank);
  return { type: 'redirect' as const, url, method: 'GET' as const, ...(bank && { bankName: bank.label }) };
}

/** The longest text that a code can hold and a wallet still reads well from a screen. */
const LONGEST_CODE = 512;

function readCode({ payload, url }: Record<string, unknown>) {
  if (!isLine(payload, LONGEST_CODE) || !isAddress(url)) return undefined;
  return { type: 'qr_code' as const, payload, copyText: payload, deepLink: url };
}

/** `Sandbox Money on the phone ending 04`: nothing else, so that no whole number can come through. */
function readPush({ hint }: Record<string, unknown>) {
  const [, appName, destination] =
    (isLine(hint, 64) && /^([A-Za-z][A-Za-z ]*) on the phone ending (\d{2})$/.exec(hint)) || [];
  if (appName === undefined || destination === undefined) return undefined;
  return { type: 'await_approval' as const, appName, destination };
}

function readVoucher({ code, lines }: Record<string, unknown>) {
  if (typeof code !== 'string' || !/^9\d{15}$/.test(code)) return undefined;
  if (!Array.isArray(lines) || lines.length > 10 || !lines.every((line) => isLine(line, 200))) return undefined;
  const [payAt, ...steps] = lines as string[];
  return payAt === undefined ? undefined : { type: 'voucher' as const, code, payAt, steps };
}

/** One line of plain text. */
function isLine(value: unknown, max: number): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= max && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)
  );
}

/** An http(s) address without user-info: anything else must not reach a payer's browser. */
function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 2_048 || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
