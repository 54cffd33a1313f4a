/**
 * Answers of the API for people: a list as a table, an object as its fields, one a line. Money has its currency and its decimals, times
 * are in UTC to the second, colours say good or bad. Control characters of somebody's data never reach the terminal.
 */
import { EXPONENTS } from '../domain/currency-table.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Rows below a head; empty for none. */
export function tableText(rows: readonly Fields[], columns: readonly string[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => columns.map((column) => cellOf(row, column)));
  const heads = columns.map(plainHead);
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((line) => lengthOf(line[at]!))));
  const right = columns.map(isAmount);
  const line = (texts: readonly string[], paint: (text: string, at: number) => string): string =>
    texts
      .map((text, at) => {
        const space = ' '.repeat(widths[at]! - lengthOf(text));
        return right[at] ? space + paint(text, at) : paint(text, at) + (at === texts.length - 1 ? '' : space);
      })
      .join('  ')
      .trimEnd();
  const head = line(heads, (text) => dim(text));
  return [head, ...cells.map((row) => line(row, (text, at) => painted(columns[at]!, text))), ''].join('\n');
}

/** `name  value`, one field a line; what lies deeper has its names joined by dots. */
export function recordText(record: Fields): string {
  const lines = flat(record, { path: '', currency: undefined });
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${dim(name.padEnd(width))}  ${painted(name, text)}\n`).join('');
}

function flat(record: Fields, above: { path: string; currency: string | undefined }): (readonly [string, string])[] {
  const currency = typeof record.currency === 'string' ? record.currency : above.currency;
  return Object.entries(record).flatMap(([name, value]): (readonly [string, string])[] => {
    const path = above.path === '' ? name : `${above.path}.${name}`;
    if (typeof value !== 'object' || value === null) return [[path, textOf(path, value, currency)]];
    if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
      return [[path, printable(value.join(', '))]];
    }
    return flat(value as Fields, { path, currency });
  });
}

function cellOf(row: Fields, column: string): string {
  const value = column
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], row);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return flat(value as Fields, { path: column, currency: row.currency as string | undefined })
      .map(([name, text]) => `${name.split('.').at(-1)} ${text}`)
      .join(' ');
  }
  return value === undefined ? '–' : textOf(column, value, row.currency as string | undefined);
}

function textOf(path: string, value: unknown, currency: string | undefined): string {
  if (typeof value === 'number' && currency !== undefined && isAmount(path)) return moneyText(value, currency);
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  const time = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(text);
  return time === null ? printable(text) : `${time[1]} ${time[2]}Z`;
}

/** Minor units as people write them: `ZAR 20.00`, `JPY 20`. */
export function moneyText(amountMinor: number, currency: string): string {
  const exponent = (EXPONENTS as Readonly<Record<string, number>>)[currency];
  if (exponent === undefined) return `${amountMinor} ${currency}`;
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0');
  const [whole, rest] = [digits.slice(0, digits.length - exponent), digits.slice(digits.length - exponent)];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${amountMinor < 0 ? '-' : ''}${grouped}${exponent === 0 ? '' : `.${rest}`}`;
}

function isAmount(path: string): boolean {
  return /(^|_|\.)amount(\.(min|max))?$/.test(path);
}

function plainHead(column: string): string {
  return column.replace(/_at$/, '').replaceAll('_', ' ').replaceAll('.', ' ').toUpperCase();
}

/** Names that came from a browser may hold anything, also words for a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '\u00b7');
}

function lengthOf(text: string): number {
  return [...text].length;
}

const GOOD = /^(active|completed|paid|succeeded|reserved|payment_method_verified|true|saved)$/;
const BAD = /^(failed|unpaid|cancelled|revoked|exhausted|past_due|expired|false)$/;

function painted(path: string, text: string): string {
  if (!/(^|[._])(status|payment_outcome|allowed|enabled)$/.test(path)) return text;
  return GOOD.test(text) ? coloured(32, text) : BAD.test(text) ? coloured(31, text) : coloured(33, text);
}

export function dim(text: string): string {
  return coloured(2, text);
}

/** On a terminal, unless NO_COLOR says no; FORCE_COLOR says yes for what is piped. */
export function coloured(code: number | string, text: string): string {
  const { NO_COLOR: no = '', FORCE_COLOR: force = '' } = process.env;
  const on = no === '' && (process.stdout.isTTY === true || (force !== '' && force !== '0'));
  return on ? `\u001b[${code}m${text}\u001b[0m` : text;
}
