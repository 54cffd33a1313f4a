/**
 * SVG: read by a strict reader, held against lists of what a drawing may be made of, and written anew from what was understood.
 * Nothing of the original text reaches the page, and what is drawn in all is counted, so that no few lines become millions.
 */
import { isUtf8 } from 'node:buffer';
import { parseStrictXml, type XmlElement } from '../strict-xml.ts';
import { type CleanFile, sizeProblem, type Unfit, unfit } from './cleaned.ts';
import { DRAWN, DROPPED, DROPPED_ATTRIBUTES, STYLE_PROPERTIES, VALUES } from './svg-rules.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const LIMITS = { maxDepth: 32, maxElements: 5_000 };
/** Elements drawn in all, each use of another counted as often as it is used. */
const MAX_DRAWN = 20_000;

interface Shape {
  name: string;
  attributes: Map<string, string>;
  children: Shape[];
}

/** The drawing without anything else, or why it is none. */
export function cleanSvg(bytes: Buffer): CleanFile | Unfit {
  if (!isUtf8(bytes)) return unfit('The SVG is not valid UTF-8.');
  const root = parseStrictXml(bytes.toString('utf8'), LIMITS);
  if ('problem' in root) return unfit(`The SVG cannot be read. ${root.problem}`);
  if (root.name !== 'svg' || root.attributes.get('xmlns') !== NAMESPACE)
    return unfit(`The file is not an SVG: its root must be svg with xmlns="${NAMESPACE}".`);
  const shape = shapeOf(root, { isRoot: true });
  if ('unfit' in shape) return shape;
  const size = sizeOf(shape);
  if ('unfit' in size) return size;
  const tooLarge = sizeProblem(size);
  if (tooLarge !== undefined) return unfit(tooLarge);
  const tooMuch = drawingProblem(shape);
  if (tooMuch !== undefined) return unfit(tooMuch);
  const { viewBox = `0 0 ${size.width} ${size.height}` } = Object.fromEntries(shape.attributes);
  shape.attributes.set('viewBox', viewBox);
  shape.attributes.set('width', String(size.width));
  shape.attributes.set('height', String(size.height));
  return { type: 'image/svg+xml', content: Buffer.from(written(shape, ` xmlns="${NAMESPACE}"`)), ...size };
}

const INSTEAD: Readonly<Record<string, string>> = {
  style: ' Export the drawing with presentation attributes.',
  text: ' Turn text into paths.',
  image: ' Draw it, or send a PNG, JPEG or WebP.',
};

/** An element that may be drawn, with everything in it. */
function shapeOf(element: XmlElement, { isRoot }: { isRoot: boolean }): Shape | Unfit {
  const { name } = element;
  if (!DRAWN.has(name) || (name === 'svg' && !isRoot))
    return unfit(`The element ${shortened(name)} is not taken.${INSTEAD[name] ?? ''}`);
  const attributes = attributesOf(element);
  if (!(attributes instanceof Map)) return attributes;
  const children: Shape[] = [];
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (child.trim() !== '') return unfit('Text is not taken: turn it into paths.');
      continue;
    }
    // Editors keep notes of their own in elements with a prefix.
    if (DROPPED.has(child.name) || child.name.includes(':')) continue;
    const shape = shapeOf(child, { isRoot: false });
    if ('unfit' in shape) return shape;
    children.push(shape);
  }
  return { name, attributes, children };
}

function attributesOf(element: XmlElement): Map<string, string> | Unfit {
  const attributes = new Map<string, string>();
  const styles: [string, string][] = [];
  for (const [key, value] of element.attributes) {
    const name = key === 'xlink:href' ? 'href' : key;
    if (key === 'xmlns' && value !== NAMESPACE) return unfit('Another namespace is not taken.');
    if (name === 'style') {
      const declared = styleOf(value);
      if (declared === undefined) return unfit('A style sets more than plain drawing properties.');
      styles.push(...declared);
    } else if (!isLeftOut(name)) {
      const problem = valueProblem(name, value, element.name);
      if (problem !== undefined) return unfit(problem);
      attributes.set(name, value.trim());
    }
  }
  // A style wins over attributes of the same name.
  for (const [name, value] of styles) attributes.set(name, value);
  return attributes;
}

function isLeftOut(name: string): boolean {
  return name.includes(':') || DROPPED_ATTRIBUTES.has(name) || /^(data|aria|font|text|letter|word)-[a-z-]+$/.test(name);
}

function valueProblem(name: string, value: string, element: string): string | undefined {
  const rule = VALUES.get(name);
  const refused = `The attribute ${shortened(name)} is not taken`;
  if (rule === undefined) return `${refused}.`;
  if (!rule.test(value.trim())) return `${refused} with that value.`;
  const refers = element === 'use' || element === 'linearGradient' || element === 'radialGradient';
  return name === 'href' && !refers ? `${refused} on ${shortened(element)}.` : undefined;
}

/** An inline style as attributes; undefined when it holds anything but plain properties with values that those take. */
function styleOf(style: string): [string, string][] | undefined {
  const declared: [string, string][] = [];
  for (const part of style.split(';')) {
    if (part.trim() === '') continue;
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*:\s*([^:;]*?)\s*$/.exec(part) ?? [];
    // Editors write much about text; a property that draws nothing here is left out, unless its value reaches somewhere.
    if (!STYLE_PROPERTIES.has(name) && /^[a-z-]+$/.test(name) && /^[\w\s.,#%'"+-]*$/.test(value)) continue;
    if (!STYLE_PROPERTIES.has(name) || !VALUES.get(name)?.test(value)) return undefined;
    declared.push([name, value]);
  }
  return declared;
}

/** In pixels: width and height where they are plain, else the size of the view box. */
function sizeOf({ attributes }: Shape): { width: number; height: number } | Unfit {
  const box = (attributes.get('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const [, , boxWidth = Number.NaN, boxHeight = Number.NaN] = box.length === 4 ? box : [];
  const plain = (name: 'width' | 'height'): number => {
    const [, number] = /^([\d.]+)(?:px)?$/.exec(attributes.get(name) ?? '') ?? [];
    return number === undefined ? Number.NaN : Number(number);
  };
  if (attributes.has('viewBox') && !(boxWidth > 0 && boxHeight > 0))
    return unfit('The viewBox of the SVG has no size.');
  const [width, height] = [plain('width'), plain('height')];
  if (width > 0 && height > 0) return { width: Math.ceil(width), height: Math.ceil(height) };
  if (boxWidth > 0 && boxHeight > 0) return { width: Math.ceil(boxWidth), height: Math.ceil(boxHeight) };
  return unfit('The SVG has neither a viewBox nor a width and height in pixels.');
}

/** Follows every reference: refuses circles, ids that stand twice, and drawings that grow too large. */
function drawingProblem(root: Shape): string | undefined {
  const byId = new Map<string, Shape>();
  const all: Shape[] = [root];
  for (const shape of all) all.push(...shape.children);
  for (const shape of all) {
    const id = shape.attributes.get('id');
    if (id === undefined) continue;
    if (byId.has(id)) return 'An id stands twice in the SVG.';
    byId.set(id, shape);
  }
  const costs = new Map<Shape, number>();
  const costOf = (shape: Shape): number => {
    const known = costs.get(shape);
    if (known !== undefined) return known;
    // Whoever comes back here while it is counted goes in a circle.
    costs.set(shape, Number.POSITIVE_INFINITY);
    const used = referencesOf(shape).flatMap((id) => byId.get(id) ?? []);
    const cost = [...shape.children, ...used].reduce((sum, part) => sum + costOf(part), 1);
    costs.set(shape, cost);
    return cost;
  };
  return costOf(root) > MAX_DRAWN ? 'The SVG uses parts of itself too often, or in a circle.' : undefined;
}

/** Ids that a shape refers to. A colour such as `#abc` is none: only `href` names an id without `url()`. */
function referencesOf({ attributes }: Shape): string[] {
  const [href] = /(?<=^#).+/.exec(attributes.get('href') ?? '') ?? [];
  const drawn = ['clip-path', 'mask', 'fill', 'stroke'].map((name) => attributes.get(name) ?? '');
  const ids = drawn.map((value) => /^url\(#([\w.-]+)\)/.exec(value)?.[1]);
  return [href, ...ids].filter((id) => id !== undefined);
}

function written({ name, attributes, children }: Shape, first = ''): string {
  const words = [...attributes].map(([key, value]) => ` ${key}="${escaped(value)}"`).join('');
  const inner = children.map((child) => written(child)).join('');
  return inner === '' ? `<${name}${first}${words}/>` : `<${name}${first}${words}>${inner}</${name}>`;
}

function escaped(value: string): string {
  return value.replace(/[&<>"\s]/g, (sign) => ESCAPES[sign] ?? ' ');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
