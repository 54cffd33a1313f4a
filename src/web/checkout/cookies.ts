/**
 * The cookies of the page. One ties kept forms and cards to a browser (a second lock; the link is the first), one does the same inside a
 * shop's frame, one remembers a chosen language. Over https they carry the `__Host-` prefix; plain http is for this machine only.
 */
import { createHash } from 'node:crypto';
import { parseCookies } from '../cookie-header.ts';
import { isLocale } from '../i18n/locales.ts';

const YEAR_S = 365 * 24 * 3600;

export interface CookieNames {
  browser: string;
  /** In the place of `browser` in a shop's frame. */
  frame: string;
  locale: string;
  secure: boolean;
}

/** Names for an origin. Throws at start for plain http that is not this machine: nobody may type a card there. */
export function cookieNames(publicUrl: string): CookieNames {
  const url = new URL(publicUrl);
  if (url.protocol === 'https:') {
    return {
      browser: '__Host-tender_browser',
      frame: '__Host-tender_frame',
      locale: '__Host-tender_locale',
      secure: true,
    };
  }
  if (url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) {
    return { browser: 'tender_browser', frame: 'tender_frame', locale: 'tender_locale', secure: false };
  }
  throw new Error(`the checkout needs https, or http on localhost, 127.0.0.1 or [::1]; it was given ${url.origin}`);
}

export interface BrowserCookies {
  /** Hex digest of the browser cookie; the cookie itself goes no further than this file. */
  browser?: string;
  locale?: string;
}

/**
 * What came with a request, `framed`: from a page in a shop's frame, or from a script that does not say where its page stands; values that
 * we could not have set are as good as none.
 */
export function readCookies(
  header: string | undefined,
  names: CookieNames,
  framed: boolean | 'unknown' = false,
): BrowserCookies {
  const all = parseCookies(header);
  const [own, other] = framed === true ? [names.frame] : [names.browser, names.frame];
  const browser = all[own] ?? (framed === 'unknown' && other !== undefined ? all[other] : undefined);
  const locale = all[names.locale];
  return {
    ...(browser !== undefined && /^[\w-]{22}$/.test(browser) && { browser: browserDigest(browser) }),
    ...(locale !== undefined && isLocale(locale) && { locale }),
  };
}

/** A `Set-Cookie` value for a new browser cookie over 16 random bytes, and its digest. */
export function newBrowserCookie(
  names: CookieNames,
  bytes: Buffer,
  framed = false,
): { header: string; browser: string } {
  const value = bytes.toString('base64url');
  const name = framed ? names.frame : names.browser;
  return { header: setCookie(`${name}=${value}`, names, framed), browser: browserDigest(value) };
}

/** A `Set-Cookie` value that remembers a language for a year; one chosen in a frame for that shop's frames. */
export function localeCookie(names: CookieNames, locale: string, framed = false): string {
  return setCookie(`${names.locale}=${locale}; Max-Age=${YEAR_S}`, names, framed);
}

/** Browsers take `SameSite=None` and `Partitioned` with `Secure` only: on plain http a frame is of the same machine, or has no cookie. */
function setCookie(pair: string, { secure }: CookieNames, framed: boolean): string {
  const site = framed && secure ? 'None; Partitioned' : 'Lax';
  return `${pair}; Path=/;${secure ? ' Secure;' : ''} HttpOnly; SameSite=${site}`;
}

function browserDigest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
