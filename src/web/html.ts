/**
 * HTML as values: a `html` template escapes everything put into it unless it is {@link Html} already.
 * There is no way to make Html from a string but {@link trusted}, whose few uses are easy to review.
 */

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template. `undefined`, `false` and `''` leave nothing behind. */
export type Part = Html | string | number | undefined | false | readonly Part[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** `text` for element content and quoted attributes alike. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string) : text;
}

/** A template; line breaks with their indentation shrink to one line break, which HTML reads as a space. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = compact(strings, 0);
  for (let i = 0; i < parts.length; i++) text += render(parts[i]) + compact(strings, i + 1);
  return new Html(text);
}

/** Text that is HTML by construction (our own constants); never anything that came from outside. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** ` name="value"`, or nothing when the value is missing; `true` gives the bare name. */
export function attribute(name: string, value: string | number | boolean | undefined): Html {
  if (value === undefined || value === false) return new Html('');
  return new Html(value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`);
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return escapeHtml(String(part));
}

const compacted = new WeakMap<TemplateStringsArray, string[]>();

function compact(strings: TemplateStringsArray, at: number): string {
  let all = compacted.get(strings);
  if (!all) {
    all = strings.map((text) => text.replace(/\s*\n\s*/g, '\n'));
    compacted.set(strings, all);
  }
  return all[at] as string;
}
