/** English as South Africa writes it: only what differs from English. */
import type { Translation } from '../catalogue.ts';
import type { En } from '../en.ts';

export const sentences: Partial<Translation<En>> = {
  'method.pay_by_bank': 'Instant EFT',
  'field.phone': 'Cellphone number',
  'field.phone.hint': 'Of your mobile money account, beginning with +27 or the code of your country',
  'approval.heading': 'Approve {amount} on your cellphone',
  'approval.text': 'Open {app} on the cellphone ending {digits} and approve {amount} before {time}.',
  'voucher.step_pay': 'Pay {amount} and keep the till slip.',
};
