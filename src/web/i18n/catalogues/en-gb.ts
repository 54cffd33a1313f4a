/** English (United Kingdom): what differs from `en`. */
import type { Translation } from '../catalogue.ts';
import type { En } from '../en.ts';

export const sentences: Partial<Translation<En>> = {
  'field.card_name': 'Name on the card',
  'voucher.step_pay': 'Pay {amount} and keep the receipt.',
};
