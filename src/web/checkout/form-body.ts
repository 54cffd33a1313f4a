/** Form bodies: `application/x-www-form-urlencoded`, at most 16 KiB, each name once, strict UTF-8. */

export const FORM_TYPE = 'application/x-www-form-urlencoded';
export const MAX_FORM_BYTES = 16 * 1024;

export type Form = Readonly<Record<string, string>>;

/** Names and values; undefined when the body is not a form that one of our pages could send. */
export function parseForm(body: Buffer): Form | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined; // Not UTF-8: no browser sends that from our page.
  }
  const form: Record<string, string> = Object.create(null);
  for (const pair of text === '' ? [] : text.split('&')) {
    const [name, value] = decodePair(pair);
    if (name === undefined || value === undefined || name in form) return undefined;
    form[name] = value;
  }
  return form;
}

function decodePair(pair: string): [name?: string, value?: string] {
  const at = pair.indexOf('=');
  const halves = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  try {
    return halves.map((half) => decodeURIComponent(half.replaceAll('+', ' '))) as [string, string];
  } catch {
    return []; // A broken escape.
  }
}
