/** Fields of a schema as nested lists of Markdown: name, type, whether it must be there, bounds, and what it is. */
import { type ApiDocument, behind, nameOfRef, objectAddress, type Parameter, type Schema } from './api-document.ts';

/** A schema that is longer than this as text has a page of its own and is not told again inside another. */
const MOST_INLINE = 4_000;

const ENDLESS = 10_000;
const DATE = '^\\d{4}-\\d{2}-\\d{2}$';

/** A pattern that fixes the length by itself. */
function isForm(pattern: string | undefined): boolean {
  return pattern !== undefined && (pattern === DATE || /^\^[a-z]+_\[0-9A-Za-z\]/.test(pattern));
}

interface Place {
  document: ApiDocument;
  /** Answers promise; requests demand. Only the second says which fields are required. */
  demands: boolean;
  indent?: string;
}

/** The list of an object's fields, a line each, nested ones below. */
export function fieldLines(schema: Schema, place: Place): string[] {
  const { indent = '' } = place;
  const whole = behind(place.document, schema);
  const variants = whole.anyOf ?? whole.oneOf;
  if (variants !== undefined && whole.properties === undefined) return variantLines(variants, place);
  return Object.entries(whole.properties ?? {}).flatMap(([name, field]) => {
    const must = (whole.required ?? []).includes(name);
    return [
      `${indent}- **\`${name}\`** ${factsOf(field, { ...place, must })}`,
      ...insideLines(field, { ...place, indent: `${indent}  ` }),
    ];
  });
}

/** The fields of the answer itself, or of what is in its list. */
export function parameterLines(parameters: readonly Parameter[], document: ApiDocument): string[] {
  return parameters.map(({ name, schema, required, description }) => {
    const field = { ...schema, ...(description === undefined ? {} : { description }) };
    return `- **\`${name}\`** ${factsOf(field, { document, demands: true, must: required === true })}`;
  });
}

function variantLines(variants: readonly Schema[], place: Place): string[] {
  const { indent = '' } = place;
  return variants.flatMap((variant, i) => {
    const name = nameOfRef(variant);
    if (name !== undefined) return [`${indent}- [${name}](${objectAddress(name)})`];
    const title = variant.title ?? constantOf(variant) ?? `Form ${i + 1}`;
    const about = sentence(variant.description);
    return [
      `${indent}- **\`${title}\`** ${typeOf(variant, place.document)}${about}`,
      ...insideLines(variant, { ...place, indent: `${indent}  ` }),
    ];
  });
}

/** The word that tells this form from the others: its constant `type`. */
function constantOf(variant: Schema): string | undefined {
  const type = variant.properties?.type;
  const word = type?.const ?? (type?.enum?.length === 1 ? type.enum[0] : undefined);
  return typeof word === 'string' ? `type: ${word}` : undefined;
}

/** What lies inside a field, unless it is told on a page of its own. */
function insideLines(field: Schema, place: Place): string[] {
  const inner = field.items ?? field;
  const name = nameOfRef(inner);
  if (name !== undefined && (!place.demands || JSON.stringify(behind(place.document, inner)).length > MOST_INLINE))
    return [];
  const whole = behind(place.document, inner);
  const variants = whole.anyOf ?? whole.oneOf ?? [];
  const shaped = variants.filter((one) => one.properties !== undefined || one.$ref !== undefined);
  if (whole.properties === undefined && shaped.length === 0) return [];
  if (whole.properties !== undefined) return fieldLines(inner, place);
  // Of a plain value and one object only the object has something inside.
  const [only] = shaped;
  return fieldLines(shaped.length === 1 && only !== undefined ? only : { anyOf: shaped }, place);
}

function factsOf(field: Schema, { document, must, demands }: Place & { must: boolean }): string {
  const whole = behind(document, field);
  const facts = [
    typeOf(field, document),
    demands && must ? '**required**' : undefined,
    !demands && !must ? 'if there is one' : undefined,
    ...boundsOf(whole.items ?? whole),
    whole.items !== undefined && whole.maxItems !== undefined && whole.maxItems < ENDLESS
      ? `at most ${whole.maxItems}`
      : undefined,
    field.default === undefined ? undefined : `default \`${JSON.stringify(field.default)}\``,
    field.deprecated ? 'deprecated' : undefined,
  ].filter((fact) => fact !== undefined);
  return `${facts.join(', ')}${sentence(field.description ?? whole.description)}`;
}

function sentence(words: string | undefined): string {
  return words === undefined ? '' : ` — ${words.replace(/\s+/g, ' ')}`;
}

/** The type in words; an object with a name leads to its page. */
export function typeOf(schema: Schema, document: ApiDocument): string {
  const name = nameOfRef(schema);
  if (name !== undefined) return `[${name}](${objectAddress(name)})`;
  if (schema.items !== undefined) return `list of ${typeOf(schema.items, document)}`;
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (words !== undefined)
    return `${words.length > 1 ? 'one of ' : ''}${words.map((word) => `\`${String(word)}\``).join(', ')}`;
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined && schema.properties === undefined) {
    const kinds = [...new Set(variants.map((one) => typeOf(one, document)))];
    return kinds.length > 6 ? 'one of several forms' : kinds.join(' or ');
  }
  if (schema.format === 'date-time') return 'time';
  if (schema.format === 'date' || schema.pattern === DATE) return 'date';
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type;
  return typeof type === 'string' ? type : 'any value';
}

/** Lengths that only keep answers from being endless, or that follow from the form of the text, tell nobody anything. */
function boundsOf({
  minimum,
  maximum,
  minLength,
  maxLength,
  pattern,
  format,
  maxProperties,
}: Schema): (string | undefined)[] {
  return [
    range(minimum, maximum),
    maxLength === undefined || maxLength >= ENDLESS || format !== undefined || isForm(pattern)
      ? undefined
      : `${range(minLength, maxLength)} characters`,
    maxProperties === undefined || maxProperties >= ENDLESS ? undefined : `at most ${maxProperties} pairs`,
    pattern === undefined ? undefined : patternWords(pattern),
  ];
}

function range(least: number | undefined, most: number | undefined): string | undefined {
  const number = (value: number) => value.toLocaleString('en-GB');
  if (least !== undefined && most !== undefined) return `${number(least)} to ${number(most)}`;
  if (most !== undefined) return `at most ${number(most)}`;
  return least === undefined ? undefined : `at least ${number(least)}`;
}

/** Ids are known by their beginning; other patterns are shown where they are short enough to be read. */
function patternWords(pattern: string): string | undefined {
  if (pattern === DATE) return '`2026-01-31`';
  const id = /^\^([a-z]+_)\[0-9A-Za-z\]/.exec(pattern);
  if (id !== null) return `\`${id[1]}…\``;
  return pattern.length > 40 || /[`|]/.test(pattern) ? undefined : `\`${pattern}\``;
}
