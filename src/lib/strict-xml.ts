/**
 * Reads the plain part of XML: elements, attributes, text, comments. Everything with which XML reaches further than its own
 * characters (document types, entities, processing instructions, CDATA) is refused, not skipped: what is read here has one meaning.
 */

export interface XmlElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly (XmlElement | string)[];
}

export interface XmlLimits {
  maxDepth: number;
  maxElements: number;
}

/** Why a text is not read, as one sentence. */
export interface XmlProblem {
  problem: string;
}

class Refused extends Error {}

/** The root element of a document, or what is wrong with it. */
export function parseStrictXml(text: string, limits: XmlLimits): XmlElement | XmlProblem {
  const reader: Reader = { text: text.startsWith('\uFEFF') ? text.slice(1) : text, at: 0, elements: 0, limits };
  try {
    // XML 1.0, 2.2; U+0000 and most control characters are no characters of a document.
    if (/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/u.test(reader.text)) throw new Refused('It holds control characters.');
    if (!reader.text.isWellFormed()) throw new Refused('It is not valid Unicode.');
    takeDeclaration(reader);
    skipBetween(reader);
    const root = element(reader, 1);
    skipBetween(reader);
    if (reader.at < reader.text.length) throw new Refused('Something stands behind the end of the document.');
    return root;
  } catch (error) {
    if (error instanceof Refused) return { problem: error.message };
    throw error;
  }
}

interface Reader {
  text: string;
  at: number;
  elements: number;
  limits: XmlLimits;
}

/** Takes what `pattern` (sticky) matches here, or nothing. */
function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match === null) return undefined;
  reader.at = pattern.lastIndex;
  return match;
}

function takeDeclaration(reader: Reader): void {
  const found = take(
    reader,
    /<\?xml[ \t\r\n]+version=(["'])1\.[01]\1(?:[ \t\r\n]+encoding=(["'])([\w.-]+)\2)?(?:[ \t\r\n]+standalone=(["'])(?:yes|no)\4)?[ \t\r\n]*\?>/y,
  );
  if (found?.[3] !== undefined && !/^(utf-8|us-ascii)$/i.test(found[3])) throw new Refused('Only UTF-8 is read.');
}

/** White space and comments around the root. */
function skipBetween(reader: Reader): void {
  while (take(reader, /[ \t\r\n]+/y) || comment(reader));
  refuseSpecials(reader);
}

function comment(reader: Reader): boolean {
  return take(reader, /<!--(?:(?!--)[\s\S])*-->/y) !== undefined;
}

function refuseSpecials(reader: Reader): void {
  if (reader.text.startsWith('<?', reader.at)) throw new Refused('Processing instructions are not read.');
  if (reader.text.startsWith('<!', reader.at))
    throw new Refused('Document types, entities, CDATA and unfinished comments are not read.');
}

const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const OPEN = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(`[ \\t\\r\\n]+(${NAME})[ \\t\\r\\n]*=[ \\t\\r\\n]*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const CLOSE = new RegExp(`</(${NAME})[ \\t\\r\\n]*>`, 'y');

function element(reader: Reader, depth: number): XmlElement {
  const opened = take(reader, OPEN);
  if (opened === undefined) throw new Refused('An element was expected.');
  reader.elements += 1;
  if (depth > reader.limits.maxDepth || reader.elements > reader.limits.maxElements)
    throw new Refused('It has too many elements, or they lie too deep.');
  const name = opened[1] as string;
  const attributes = new Map<string, string>();
  for (let found = take(reader, ATTRIBUTE); found; found = take(reader, ATTRIBUTE)) {
    const key = found[1] as string;
    if (attributes.has(key)) throw new Refused('An attribute stands twice in one element.');
    attributes.set(key, decoded(found[2] ?? found[3] ?? ''));
  }
  if (take(reader, /[ \t\r\n]*\/>/y)) return { name, attributes, children: [] };
  if (!take(reader, /[ \t\r\n]*>/y)) throw new Refused('An element is not written as XML asks for.');
  return { name, attributes, children: content(reader, { name, depth }) };
}

function content(reader: Reader, parent: { name: string; depth: number }): (XmlElement | string)[] {
  const children: (XmlElement | string)[] = [];
  for (;;) {
    const run = take(reader, /[^<]+/y);
    if (run) {
      if (run[0].includes(']]>')) throw new Refused('An element is not written as XML asks for.');
      children.push(decoded(run[0]));
    }
    if (comment(reader)) continue;
    refuseSpecials(reader);
    const closed = take(reader, CLOSE);
    if (closed?.[1] === parent.name) return children;
    if (closed || reader.at >= reader.text.length) throw new Refused('An element is not closed.');
    children.push(element(reader, parent.depth + 1));
  }
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its references in place: the five names of XML and numbers of characters, nothing else. */
function decoded(text: string): string {
  return text.replace(/&([^;]{0,12};?)/g, (_, reference: string) => {
    const [, hex, decimal, name] = /^(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|([a-z]+));$/.exec(reference) ?? [];
    const character = name === undefined ? characterOf(hex, decimal) : NAMED[name];
    if (character === undefined) throw new Refused('Entities are not read.');
    return character;
  });
}

function characterOf(hex: string | undefined, decimal: string | undefined): string | undefined {
  const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
  const isCharacter =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
