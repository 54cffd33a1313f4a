/**
 * The two cookies of the page. One ties kept forms and cards to a browser (a second lock; the link is the first), one
 * remembers a chosen language. Over https they carry the `__Host-` prefix; plain http is for this machine only.
 */
import { createHash } from 'node:crypto';
import { parseCookies } from '../cookie-header.ts';
import { isLocale } from '../i18n/locales.ts';

const YEAR_S = 365 * 24 * 3600;

export interface CookieNames {
  browser: string;
  locale: string;
  secure: boolean;
}

/** Names for an origin. Throws at start for plain http that is not this machine: nobody may type a card there. */
export function cookieNames(publicUrl: string): CookieNames {
  const url = new URL(publicUrl);
  if (url.protocol === 'https:') {
    return { browser: '__Host-tender_browser', locale: '__Host-tender_locale', secure: true };
  }
  if (url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) {
    return { browser: 'tender_browser', locale: 'tender_locale', secure: false };
  }
  throw new Error(`the checkout needs https, or http on localhost, 127.0.0.1 or [::1]; it was given ${url.origin}`);
}

export interface BrowserCookies {
  /** Hex digest of the browser cookie; the cookie itself goes no further than this file. */
  browser?: string;
  locale?: string;
}

/** What came with a request; values that we could not have set are as good as none. */
export function readCookies(header: string | undefined, names: CookieNames): BrowserCookies {
  const all = parseCookies(header);
  const browser = all[names.browser];
  const locale = all[names.locale];
  return {
    ...(browser !== undefined && /^[\w-]{22}$/.test(browser) && { browser: browserDigest(browser) }),
    ...(locale !== undefined && isLocale(locale) && { locale }),
  };
}

/** A `Set-Cookie` value for a new browser cookie over 16 random bytes, and its digest. */
export function newBrowserCookie(names: CookieNames, bytes: Buffer): { header: string; browser: string } {
  const value = bytes.toString('base64url');
  return { header: setCookie(`${names.browser}=${value}`, names), browser: browserDigest(value) };
}

/** A `Set-Cookie` value that remembers a language for a year. */
export function localeCookie(names: CookieNames, locale: string): string {
  return setCookie(`${names.locale}=${locale}; Max-Age=${YEAR_S}`, names);
}

function setCookie(pair: string, names: CookieNames): string {
  return `${pair}; Path=/;${names.secure ? ' Secure;' : ''} HttpOnly; SameSite=Lax`;
}

function browserDigest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
