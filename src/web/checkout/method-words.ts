/** Ways to pay in the payer's words: what each is called, and what was paid with. */
import type { Situation } from '../../app/checkout-door.ts';
import type { OtherMethodType } from '../../domain/payment-method-types.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { cardText } from './page-context.ts';

/** "Pay by bank". */
export function methodName(t: PagePhrases, type: OtherMethodType): string {
  return t.text(`method.${type}`);
}

/** "Visa ending 4242", or the way to pay beyond cards; undefined where nothing is known. */
export function paidWithText(
  t: PagePhrases,
  { card, method }: Pick<Extract<Situation, { kind: 'completed' }>, 'card' | 'method'>,
): string | undefined {
  if (method !== undefined) return methodName(t, method.type);
  return card && cardText(t, card);
}
