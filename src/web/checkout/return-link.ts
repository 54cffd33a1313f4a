/** The way back to the shop: its address with `session_id` added and nothing else changed. */

/** `returnUrl` plus `session_id`; undefined for schemes that would run in our page. */
export function returnLink(returnUrl: string | undefined, sessionId: string): string | undefined {
  if (returnUrl === undefined || !/^[a-z][a-z0-9+.-]*:/i.test(returnUrl)) return undefined;
  if (/^(javascript|data|vbscript|blob|file|about):/i.test(returnUrl)) return undefined;
  const at = returnUrl.indexOf('#');
  const [address, fragment] = at < 0 ? [returnUrl, ''] : [returnUrl.slice(0, at), returnUrl.slice(at)];
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}session_id=${encodeURIComponent(sessionId)}${fragment}`;
}
