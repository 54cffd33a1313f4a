/** The rules about one charge's currency and amount, and about the sum of all instalments. Time changes none of them. */
import type { Situation } from './mandate-rules.ts';
import type { Violation } from './violation.ts';

const KEPT: readonly Violation[] = [];

export function currencyAgreed({ facts, asked }: Situation): readonly Violation[] {
  const { currency } = facts.mandate.terms;
  if (asked.currency === currency) return KEPT;
  const detail = `The mandate is in ${currency}.`;
  return [{ pointer: '/currency', code: 'currency_mismatch', detail, mayHoldFrom: 'never' }];
}

/** The amount of one charge, as the payer agreed to it. */
export function amountAllowed({ facts, asked }: Situation): readonly Violation[] {
  const { amount, currency } = facts.mandate.terms;
  if (amount === undefined) return KEPT;
  const { amountMinor } = asked;
  if ('exactMinor' in amount) {
    const limit = amount.exactMinor;
    if (amountMinor === limit) return KEPT;
    const detail = `Each charge is exactly ${minor(limit, currency)}.`;
    return [{ pointer: '/amount', code: 'amount_not_exact', detail, limit, mayHoldFrom: 'never' }];
  }
  const { minMinor, maxMinor } = amount;
  if (amountMinor < minMinor) {
    const detail = `Each charge is at least ${minor(minMinor, currency)}.`;
    return [{ pointer: '/amount', code: 'amount_below_min', detail, limit: minMinor, mayHoldFrom: 'never' }];
  }
  if (maxMinor !== undefined && amountMinor > maxMinor) {
    const detail = `Each charge is at most ${minor(maxMinor, currency)}.`;
    return [{ pointer: '/amount', code: 'amount_above_max', detail, limit: maxMinor, mayHoldFrom: 'never' }];
  }
  return KEPT;
}

/** The first payment and all instalments together; what is under way counts as if it had succeeded. */
export function totalLeft({ facts, asked }: Situation): readonly Violation[] {
  const { mandate, usage, firstPayment } = facts;
  const { totalAmountMinor: limit, currency } = mandate.terms;
  if (limit === undefined) return KEPT;
  const used = firstPayment.amountMinor + usage.counted.amountMinor + usage.open.amountMinor;
  if (used + asked.amountMinor <= limit) return KEPT;
  const detail = `All payments together are at most ${minor(limit, currency)}: ${minor(Math.max(0, limit - used), currency)} is left.`;
  return [{ pointer: '/amount', code: 'total_amount_exceeded', detail, limit, used, mayHoldFrom: 'never' }];
}

/** As the API writes amounts. */
export function minor(amountMinor: number, currency: string): string {
  return `${amountMinor} (minor units of ${currency})`;
}
