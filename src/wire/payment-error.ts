/** Why the last attempt did not succeed. */
import { Type } from '@sinclair/typebox';
import type { PaymentError } from '../domain/payment.ts';
import { toIso } from '../lib/time.ts';
import { Instant, open, optional, words } from './schema.ts';

export const PaymentErrorSchema = open(
  'PaymentError',
  {
    error_code: words(['payment_declined', 'processor_unavailable'], 'What kind of failure.'),
    decline_code: Type.String({ description: 'The decline code, one word per cause.' }),
    class: Type.String({ description: 'The class of the decline code: it says what may be tried again, and when.' }),
    message: Type.String({ description: 'One sentence for people: what happened and what to do.' }),
    retry: Type.Object({ allowed: Type.Boolean(), after: optional(Instant('Not before.')) }),
    timestamp: Instant('When the attempt failed.'),
  },
  'Why the last attempt did not succeed; gone after the next success.',
);

export function renderPaymentError(error: PaymentError) {
  return {
    error_code: error.errorCode,
    decline_code: error.declineCode,
    class: error.class,
    message: error.message,
    retry: { allowed: error.retry.allowed, after: error.retry.after && toIso(error.retry.after) },
    timestamp: toIso(error.at),
  };
}
