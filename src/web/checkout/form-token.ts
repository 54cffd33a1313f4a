/**
 * The hidden `csrf` field: proof that we rendered the form for this session and this browser not long ago, and the
 * `seen` digest: what amount and terms stood on that page.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { DAY, type Timestamp } from '../../lib/time.ts';

const GOOD_FOR_MS = DAY;

export interface TokenSubject {
  checkoutId: string;
  /** Digest of the browser cookie that the page was rendered for. */
  browser: string;
  /** Rendered into a shop's frame: what is sent from it needs the shop's token, too. */
  framed?: boolean;
}

/** `{issued}.{flags}.{browser}.{mac}`; the flags are `1` for a page in a frame, else `0`. */
export function issueFormToken(key: Buffer, subject: TokenSubject, now: Timestamp): string {
  const head = `${now.toString(36)}.${subject.framed ? 1 : 0}.${subject.browser.slice(0, 32)}`;
  return `${head}.${mac(key, subject.checkoutId, head)}`;
}

/**
 * Whether a token is ours, for this session, under 24 h old, and for the browser whose cookie came. A browser that
 * sends no cookie (blocked) passes: the unguessable id and `Sec-Fetch-Site` were checked before.
 */
export function formTokenHolds(
  key: Buffer,
  token: string,
  facts: { checkoutId: string; browser: string | undefined; now: Timestamp },
): boolean {
  const at = token.lastIndexOf('.');
  const head = token.slice(0, Math.max(at, 0));
  const [issued = '', , browser = ''] = head.split('.');
  const given = Buffer.from(token.slice(at + 1));
  const expected = Buffer.from(mac(key, facts.checkoutId, head));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const ageMs = facts.now - Number.parseInt(issued, 36);
  if (!(ageMs >= 0 && ageMs < GOOD_FOR_MS)) return false;
  return facts.browser === undefined || facts.browser.slice(0, 32) === browser;
}

/** Whether a token says that its page was in a frame; to be believed once it holds. */
export function isFramedToken(token: string): boolean {
  return token.split('.')[1] === '1';
}

/** Digest of everything about money that the payer saw; another digest means that they have to look again. */
export function seenDigest(shown: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
}

function mac(key: Buffer, checkoutId: string, head: string): string {
  return createHmac('sha256', key).update(`checkout form\n${checkoutId}\n${head}`).digest('base64url');
}
