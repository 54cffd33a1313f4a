/** What was paid with, in one column: a card as it may be shown, or another way to pay under the name `method`. */
import type { CardDetails } from '../domain/payment.ts';
import type { OtherMethodDetails } from '../domain/payment-method-types.ts';
import { json } from './rows.ts';

interface PaidWith {
  card?: CardDetails | undefined;
  method?: OtherMethodDetails | undefined;
}

/** The value of `method_details`. */
export function methodColumn({ card, method }: PaidWith): string | null {
  return json(method === undefined ? card : { method });
}

/** The inverse; both absent where nothing was paid with yet. */
export function fromMethodColumn(text: string | null): { card: CardDetails | null; method: OtherMethodDetails | null } {
  if (text === null) return { card: null, method: null };
  const details = JSON.parse(text) as CardDetails | { method: OtherMethodDetails };
  return 'method' in details ? { card: null, method: details.method } : { card: details, method: null };
}
