/**
 * Sentences and how they are filled in. A message is a sentence with `{name}` places, or plural forms of one chosen by
 * the number `{n}`. The English catalogue names the keys; every other locale must have the same ones.
 */
import { Html, html, type Part } from '../html.ts';

/** With `ordinal` the forms are those of a place in an order (1st, 2nd), otherwise those of a count. */
export type PluralForms = { readonly [form in Intl.LDMLPluralRule]?: string } & {
  readonly other: string;
  readonly ordinal?: true;
  /** For exactly 1, where the language counts 1 like other numbers: nobody says "every 1 month". */
  readonly single?: string;
};
export type Message = string | PluralForms;
export type Catalogue = Readonly<Record<string, Message>>;

export interface LocaleEntry {
  /** BCP 47. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
  /** The language in itself. */
  readonly name: string;
  /** The locale whose sentences hold wherever this one, a region of it, has none of its own. */
  readonly base?: string;
  /** Whether a native speaker checked the page, and the mandate text, which binds people. */
  readonly reviewed: {
    readonly page: boolean;
    readonly mandate: boolean;
    /** Who did, and when (`YYYY-MM-DD`); required once either is true. */
    readonly by?: string;
    readonly on?: string;
  };
}

export interface CatalogueMeta extends LocaleEntry {
  /** Another one with every change of a sentence; part of the evidence of consent. */
  readonly version: string;
}

/** Every sentence of `C` in another language: the same keys, plural forms where `C` has them. A test compares the places. */
export type Translation<C extends Catalogue> = {
  readonly [Key in keyof C]: C[Key] extends string ? string : PluralForms;
};

/** The part of a translation that speaks of mandates, for catalogues that keep it in a file of its own. */
export type MandateTranslation<C extends Catalogue> = {
  readonly [Key in keyof C as Key extends `mandate.${string}` ? Key : never]: Translation<C>[Key];
};

type PlacesOf<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | PlacesOf<Rest> : never;
type TextOf<M> = M extends string ? M : M extends { other: infer Other } ? Other : never;

/** The values that the message of `Key` needs, one for each place. */
export type Values<C extends Catalogue, Key extends keyof C, Value> = [PlacesOf<TextOf<C[Key]>>] extends [never]
  ? []
  : [values: Record<PlacesOf<TextOf<C[Key]>>, Value>];

/** A piece of a sentence twice: as people read it, and as markup that also holds the value for programs. */
export interface Said {
  readonly text: string;
  readonly shown: Html;
  /** The number that chooses the plural form, where the piece is one. */
  readonly n?: number;
}

export interface Phrases<C extends Catalogue> {
  readonly meta: CatalogueMeta;
  has(key: string): key is keyof C & string;
  /** The sentence as plain text. */
  text<Key extends keyof C & string>(key: Key, ...values: Values<C, Key, string | number>): string;
  /** The sentence as HTML, for places that hold markup. */
  rich<Key extends keyof C & string>(key: Key, ...values: Values<C, Key, Part>): Html;
  /** Both at once. */
  say<Key extends keyof C & string>(key: Key, ...values: Values<C, Key, Said>): Said;
  /** A sentence whose key came as data; {@link has} it first. Missing values leave nothing. */
  look(key: string, values?: Readonly<Record<string, string>>): string;
}

/** First-strong isolate and its end: what stands between does not turn the text around it. */
const [ISOLATE, END_ISOLATE] = ['\u2068', '\u2069'];

/**
 * A catalogue ready to speak. From right to left, every value is set apart from the sentence, as text by isolates and as markup by
 * `<bdi>`: names and amounts may be written the other way, and would pull the words beside them along.
 */
export function phrases<const C extends Catalogue>(catalogue: C, meta: CatalogueMeta): Phrases<C> {
  const counts = new Intl.PluralRules(meta.tag);
  const orders = new Intl.PluralRules(meta.tag, { type: 'ordinal' });
  const mirrored = meta.dir === 'rtl';
  const sentence = (key: string, n: unknown): string => {
    const message = catalogue[key] as Message;
    if (typeof message === 'string') return message;
    if (message.single !== undefined && Number(n) === 1) return message.single;
    const rules = message.ordinal ? orders : counts;
    return message[rules.select(Number(n))] ?? message.other;
  };
  const plain = (key: string, values: Readonly<Record<string, unknown>> = {}): string =>
    filled(sentence(key, values.n), values, (value) => (mirrored ? ISOLATE + value + END_ISOLATE : value));
  return {
    meta,
    has: (key): key is keyof C & string => Object.hasOwn(catalogue, key),
    text: (key, ...values) => plain(key, values[0]),
    look: plain,
    rich(key, ...values) {
      const parts: Readonly<Record<string, Part>> = values[0] ?? {};
      const shown = (value: Part): Part => (mirrored ? html`<bdi>${value}</bdi>` : value);
      return markup(sentence(key, parts.n), (name) => shown(parts[name]));
    },
    say(key, ...values) {
      const said: Readonly<Record<string, Said>> = values[0] ?? {};
      const chosen = sentence(key, said.n?.n);
      const texts = Object.fromEntries(Object.entries(said).map(([name, one]) => [name, one.text]));
      return { text: filled(chosen, texts, String), shown: markup(chosen, (name) => said[name]?.shown) };
    },
  };
}

function filled(text: string, values: Readonly<Record<string, unknown>>, shown: (value: string) => string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => shown(String(values[name] ?? '')));
}

function markup(text: string, value: (name: string) => Part): Html {
  const pieces = text.split(/\{(\w+)\}/);
  return new Html(pieces.map((piece, i) => html`${i % 2 ? value(piece) : piece}`.text).join(''));
}
