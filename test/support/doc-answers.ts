/**
 * What a page of the documentation leaves open in an answer:
 *
 *   `"id": "pay_…"`            any text in place of `…`
 *   `"…": "…"`                 as the last member: further members, not shown
 */
import type { Json } from './merchant.ts';

const MORE = '…';

/** The answer as the page shows it, wherever the page allows it to differ: so what still differs is what is wrong. */
export function asShown(answer: Json, page: Json): Json {
  if (typeof page === 'string' && typeof answer === 'string') return fits(answer, page) ? page : answer;
  if (Array.isArray(page) && Array.isArray(answer)) return answer.map((one, n) => asShown(one, page[n]));
  if (!isObject(page) || !isObject(answer)) return answer;
  const members = Object.entries(answer);
  const named = members.filter(([name]) => !(MORE in page) || name in page);
  const more = named.length < members.length ? { [MORE]: page[MORE] } : {};
  return { ...Object.fromEntries(named.map(([name, value]) => [name, asShown(value, page[name])])), ...more };
}

/** Whether a text is what a page shows, where any words may stand in place of `…`. */
export function fits(answer: string, page: string): boolean {
  const parts = page.split(MORE).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's').test(answer);
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
