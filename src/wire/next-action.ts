/** The public face of what a payer has to do next: one union for every flow, kept on the attempt while it is open. */
import { Type } from '@sinclair/typebox';
import type { NextAction } from '../domain/next-action.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import { Instant, optional, words } from './schema.ts';

const expiresAt = Instant('Until when the payer can do it.');

const Redirect = Type.Object(
  {
    type: words(['redirect'], 'The payer goes to another page and comes back.'),
    url: Type.String({ description: 'Where to.' }),
    method: words(['GET', 'POST'], 'How.'),
    fields: optional(Type.Record(Type.String(), Type.String(), { description: 'What is posted there.' })),
    expires_at: expiresAt,
  },
  { title: 'NextActionRedirect' },
);

const ThreeDs = Type.Object(
  {
    type: words(['three_ds'], 'The bank asks the holder of the card.'),
    acs_url: Type.String({ description: 'Where `creq` is posted to.' }),
    creq: Type.String({ description: 'What is posted there.' }),
    method_url: optional(Type.String({ description: 'The bank’s silent look at the browser.' })),
    expires_at: expiresAt,
  },
  { title: 'NextActionThreeDs' },
);

const QrCode = Type.Object(
  {
    type: words(['qr_code'], 'The payer scans a code.'),
    payload: Type.String({ description: 'What the code holds.' }),
    copy_text: Type.String({ description: 'The same for typing.' }),
    deep_link: optional(Type.String({ description: 'Opens the app on this device.' })),
    expires_at: expiresAt,
  },
  { title: 'NextActionQrCode' },
);

const AwaitApproval = Type.Object(
  {
    type: words(['await_approval'], 'The payer is asked on the phone.'),
    app_name: Type.String({ description: 'The app that asks.' }),
    destination: Type.String({ description: 'The phone, masked: its last two digits.' }),
    expires_at: expiresAt,
  },
  { title: 'NextActionAwaitApproval' },
);

const Voucher = Type.Object(
  {
    type: words(['voucher'], 'The payer pays with a code at a till.'),
    code: Type.String({ description: 'The code.' }),
    pay_at: Type.String({ description: 'Where it is taken.' }),
    steps: Type.Array(Type.String(), { description: 'What to do there, in order.' }),
    expires_at: expiresAt,
  },
  { title: 'NextActionVoucher' },
);

const BankTransfer = Type.Object(
  {
    type: words(['bank_transfer_details'], 'The payer sends money from their bank.'),
    lines: Type.Array(Type.Object({ label: Type.String(), value: Type.String() }), { description: 'The account.' }),
    reference: Type.String({ description: 'By which the payment is found.' }),
    expires_at: expiresAt,
  },
  { title: 'NextActionBankTransfer' },
);

export const NextActionSchema = Type.Union([Redirect, ThreeDs, QrCode, AwaitApproval, Voucher, BankTransfer], {
  title: 'NextAction',
  description: 'What the payer has to do; the checkout page shows it.',
});

/** The action of an attempt, with its end. */
export function renderNextAction(action: NextAction, until: Timestamp) {
  return { ...bodyOf(action), expires_at: toIso(until) };
}

function bodyOf(action: NextAction) {
  switch (action.type) {
    case 'redirect': {
      const { type, url, method, fields } = action;
      return { type, url, method, fields };
    }
    case 'three_ds':
      return { type: action.type, acs_url: action.acsUrl, creq: action.creq, method_url: action.methodUrl };
    case 'qr_code': {
      const { type, payload, copyText, deepLink } = action;
      return { type, payload, copy_text: copyText, deep_link: deepLink };
    }
    case 'await_approval':
      return { type: action.type, app_name: action.appName, destination: action.destination };
    case 'voucher':
      return { type: action.type, code: action.code, pay_at: action.payAt, steps: action.steps };
    case 'bank_transfer_details':
      return { type: action.type, lines: action.lines, reference: action.reference };
  }
}
