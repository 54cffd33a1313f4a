/** The `Cookie` request header (RFC 6265 section 4.2) as names and values. */

/** The first value of each name; names that clash with object properties are harmless because the result has none. */
export function parseCookies(header: string | undefined): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at > 0 && !(name in found)) found[name] = pair.slice(at + 1).trim();
  }
  return found;
}
