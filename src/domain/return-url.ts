/** Where a payer may be sent back to. */

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
  // `shop://…` opens an app; `mailto:` and its like do something else.
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'Write :// after the scheme, such as shop://thanks.';
  return undefined;
}
