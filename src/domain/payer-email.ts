/** The payer's email address as it was typed: whether it can be one, and what was meant where its domain looks mistyped. Pure. */
import { onlyDigits } from './card-brands.ts';
import type { FieldError, Reading } from './card-input.ts';

const MAX_LENGTH = 254;

/** The address, or what is wrong with it; nothing where none was typed and none is required. */
export function readPayerEmail(text: string, policy: 'optional' | 'required'): Reading<string | undefined> {
  const typed = text.normalize('NFC').trim();
  if (typed === '') return policy === 'required' ? fault('missing') : { value: undefined };
  return isAddress(typed) ? { value: typed } : fault('format');
}

const fault = (reason: 'missing' | 'format'): { error: FieldError } => ({
  error: { name: 'payer_email', key: `payer_email.${reason}` },
});

/** What mail servers take, less what people never mean: quotes, comments, addresses without a dot. A card number is none. */
export function isAddress(text: string): boolean {
  if (text.length > MAX_LENGTH || onlyDigits(text).length >= 12) return false;
  return /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]{1,64}@([^\s@<>()[\]\\,;:".\p{Cc}\p{Cf}]{1,63}\.)+[^\s@<>()[\]\\,;:".\d\p{Cc}\p{Cf}]{2,63}$/u.test(
    text,
  );
}

/** Domains that most private addresses have; other ones are never doubted for being rare. */
const USUAL = [
  'gmail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'icloud.com',
  'live.com',
  'protonmail.com',
  'webmail.co.za',
  'mweb.co.za',
  'yahoo.co.uk',
];
/** Real ones that lie one letter beside a usual one. */
const REAL = new Set([
  'ymail.com',
  'mail.com',
  'gmx.com',
  'email.com',
  'me.com',
  'live.co.za',
  'gmx.net',
  'hotmail.co',
  'live.co',
]);

/** The address with the domain that was probably meant: one letter too many, missing, wrong or swapped. Undefined where nothing looks wrong. */
export function meantEmail(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).toLowerCase();
  if (at < 1 || USUAL.includes(domain) || REAL.has(domain)) return undefined;
  const meant = USUAL.find((usual) => isOneSlipFrom(domain, usual));
  return meant === undefined ? undefined : `${address.slice(0, at)}@${meant}`;
}

/** One letter inserted, left out or replaced, or two neighbours swapped. */
function isOneSlipFrom(typed: string, meant: string): boolean {
  if (Math.abs(typed.length - meant.length) > 1) return false;
  let same = 0;
  while (same < meant.length && typed[same] === meant[same]) same++;
  const [restTyped, restMeant] = [typed.slice(same), meant.slice(same)];
  const [a = '', b = ''] = restTyped;
  return (
    restTyped.slice(1) === restMeant ||
    restTyped === restMeant.slice(1) ||
    restTyped.slice(1) === restMeant.slice(1) ||
    (restTyped.length > 1 && b + a + restTyped.slice(2) === restMeant)
  );
}
