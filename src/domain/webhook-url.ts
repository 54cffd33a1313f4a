/**
 * Where webhooks may be sent, as far as the URL itself can tell. A name can resolve to anything, so every address is judged
 * again when the connection is made; this says no early where the answer is already known.
 */
import { isIP } from 'node:net';
import { isLoopback, isPublicAddress } from '../lib/addresses.ts';

export interface WebhookUrlRules {
  mode: 'test' | 'live';
  /** The operator's setting: test endpoints on this machine. Never in live mode. */
  allowLoopback: boolean;
}

/** What is wrong with the URL, as a sentence; undefined when webhooks may be sent there. */
export function problemWithWebhookUrl(text: string, { mode, allowLoopback }: WebhookUrlRules): string | undefined {
  // URL parsers quietly drop these: what is stored would not be what is called.
  if (/[\s\p{Cc}\\]/u.test(text)) return 'The URL must not contain spaces, control characters or backslashes.';
  if (!URL.canParse(text)) return 'This is not an absolute URL: write it as https://example.com/webhooks.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Webhooks are sent to https URLs only.';
  if (url.username !== '' || url.password !== '') {
    return 'A URL with user name or password is not accepted: webhooks are authenticated by their signature.';
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const local = isLocalName(host) || isLoopback(host);
  if (local && !(mode === 'test' && allowLoopback)) {
    return mode === 'live'
      ? 'Live webhooks cannot be sent to the machine itself.'
      : 'This installation does not send webhooks to the machine itself.';
  }
  if (url.protocol === 'http:' && !local)
    return 'Webhooks are sent over https; http works for localhost in test mode only.';
  if (!local && isIP(host) !== 0 && !isPublicAddress(host)) return 'Webhooks are sent to public addresses only.';
  return undefined;
}

function isLocalName(host: string): boolean {
  const name = host.replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost');
}

/**
 * Judges one address right before a connection to it is made. `ownAddresses` are this machine's public ones: what listens
 * there is ours, not the merchant's.
 */
export function addressJudge(rules: WebhookUrlRules, ownAddresses: ReadonlySet<string>): (address: string) => boolean {
  const loopbackAllowed = rules.mode === 'test' && rules.allowLoopback;
  return (address) => {
    if (isLoopback(address)) return loopbackAllowed;
    return isPublicAddress(address) && !ownAddresses.has(address);
  };
}
