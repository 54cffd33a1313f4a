/** Where a payer may be sent back to. The status is never put into the address; only the session id is. */

const NEVER = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'view-source:',
  'filesystem:',
  'ws:',
  'wss:',
  'ftp:',
]);
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What is wrong with a return URL, in words; undefined when it may be used. */
export function problemWithReturnUrl(text: string, mode: 'test' | 'live'): string | undefined {
  // URL parsers quietly drop these; an address that changes when read is not what the merchant meant.
  if (/[\s\p{Cc}\\]/u.test(text)) return 'The address must not contain spaces, control characters or backslashes.';
  if (!URL.canParse(text)) return 'The address must be absolute, such as https://shop.example/thanks.';
  const url = new URL(text);
  if (NEVER.has(url.protocol)) return `Addresses that begin with ${url.protocol} are never followed.`;
  if (url.username !== '' || url.password !== '') return 'The address must not contain a user name or password.';
  if (url.protocol === 'http:' && !(mode === 'test' && LOCAL.has(url.hostname)))
    return 'Use https; http works for localhost in test mode only.';
  if (url.protocol === 'https:' && url.hostname === '') return 'The address has no host.';
  return undefined;
}

/** The address with `session_id` appended; other parameters and the fragment are kept. */
export function returnUrlFor(returnUrl: string, sessionId: string): string {
  const url = new URL(returnUrl);
  url.searchParams.append('session_id', sessionId);
  return url.toString();
}
