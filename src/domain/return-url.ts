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

export interface ReturnRules {
  mode: 'test' | 'live';
  /** Hosts, and schemes of apps with their `://`; none: in live mode nowhere, in test mode anywhere. */
  hosts: readonly string[];
}

/** What is wrong with a return URL, in words; undefined when it may be used. */
export function problemWithReturnUrl(text: string, { mode, hosts }: ReturnRules): string | undefined {
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
  return isListed(url, { mode, hosts })
    ? undefined
    : `List ${shownPlace(url)} in return_url_hosts of the checkout settings first.`;
}

/** In test mode this machine needs no listing, and nothing does while nothing is listed. */
function isListed(url: URL, { mode, hosts }: ReturnRules): boolean {
  if (mode === 'test' && (hosts.length === 0 || LOCAL.has(url.hostname))) return true;
  return hosts.includes(shownPlace(url));
}

/** The host of a web address, the scheme of an app's. */
function shownPlace({ protocol, hostname }: URL): string {
  return protocol === 'https:' || protocol === 'http:' ? hostname : `${protocol}//`;
}
