/**
 * Sentences and how they are filled in. A message is a sentence with `{name}` places, or plural forms of one chosen by
 * the number `{n}`. The English catalogue names the keys; every other locale must have the same ones.
 */
import { Html, html, type Part } from '../html.ts';

export type PluralForms = { readonly [form in Intl.LDMLPluralRule]?: string } & { readonly other: string };
export type Message = string | PluralForms;
export type Catalogue = Readonly<Record<string, Message>>;

export interface CatalogueMeta {
  /** BCP 47. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
  /** The language in itself. */
  readonly name: string;
  /** Raised with every change of a sentence; part of the evidence of consent. */
  readonly version: string;
  /** Whether a native speaker checked the page, and the mandate text, which binds people. */
  readonly reviewed: { readonly page: boolean; readonly mandate: boolean };
}

type PlacesOf<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | PlacesOf<Rest> : never;
type TextOf<M> = M extends string ? M : M extends { other: infer Other } ? Other : never;

/** The values that the message of `Key` needs, one for each place. */
export type Values<C extends Catalogue, Key extends keyof C, Value> = [PlacesOf<TextOf<C[Key]>>] extends [never]
  ? []
  : [values: Record<PlacesOf<TextOf<C[Key]>>, Value>];

export interface Phrases<C extends Catalogue> {
  readonly meta: CatalogueMeta;
  has(key: string): key is keyof C & string;
  /** The sentence as plain text. */
  text<Key extends keyof C & string>(key: Key, ...values: Values<C, Key, string | number>): string;
  /** The sentence as HTML, for places that hold markup. */
  rich<Key extends keyof C & string>(key: Key, ...values: Values<C, Key, Part>): Html;
  /** A sentence whose key came as data; {@link has} it first. Missing values leave nothing. */
  look(key: string, values?: Readonly<Record<string, string>>): string;
}

/** A catalogue ready to speak. */
export function phrases<const C extends Catalogue>(catalogue: C, meta: CatalogueMeta): Phrases<C> {
  const plurals = new Intl.PluralRules(meta.tag);
  const sentence = (key: string, values: Readonly<Record<string, unknown>>): string => {
    const message = catalogue[key] as Message;
    if (typeof message === 'string') return message;
    return message[plurals.select(Number(values.n))] ?? message.other;
  };
  const plain = (key: string, values: Readonly<Record<string, unknown>> = {}): string =>
    sentence(key, values).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  return {
    meta,
    has: (key): key is keyof C & string => Object.hasOwn(catalogue, key),
    text: (key, ...values) => plain(key, values[0]),
    look: plain,
    rich(key, ...values) {
      const filled: Record<string, Part> = values[0] ?? {};
      const pieces = sentence(key, filled).split(/\{(\w+)\}/);
      return new Html(pieces.map((piece, i) => html`${i % 2 ? filled[piece] : piece}`.text).join(''));
    },
  };
}
