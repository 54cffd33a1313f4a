/** A charge as the sandbox tells it, in answers and notifications: what a merchant may know and nothing that only the bank does. */
import { type CardOnFile, type Charge, iso, type OpenAction, type StepKind, totalsOf } from './charge.ts';
import { renderMethod, renderMethodAction } from './other-methods.ts';

const TEXTS: Record<string, string> = {
  '00': 'Approved',
  '85': 'No reason to decline',
  '01': 'Refer to card issuer',
  '04': 'Pick up card',
  '05': 'Do not honor',
  '06': 'Error',
  '12': 'Invalid transaction',
  '13': 'Invalid amount',
  '14': 'Invalid card number',
  '15': 'No such issuer',
  '19': 'Re-enter transaction',
  '41': 'Lost card',
  '43': 'Stolen card',
  '46': 'Closed account',
  '51': 'Insufficient funds',
  '54': 'Expired card',
  '55': 'Incorrect PIN',
  '57': 'Transaction not permitted to cardholder',
  '59': 'Suspected fraud',
  '61': 'Exceeds amount limit',
  '62': 'Restricted card',
  '63': 'Security violation',
  '65': 'Exceeds frequency limit',
  '75': 'PIN tries exceeded',
  '79': 'Life cycle',
  '91': 'Issuer unavailable',
  '94': 'Duplicate transmission',
  '96': 'System malfunction',
  '1A': 'Additional authentication required',
  N7: 'Security code mismatch',
  R0: 'Stop payment order',
  R1: 'Revocation of authorisation',
  R3: 'Revocation of all authorisations',
};
const USE_A_TEST_CARD = 'Use a test card, never a real one';

/** The public form of a charge. `base` is the sandbox's own origin, for the addresses of its pages. */
export function renderCharge(charge: Charge, base: string): Record<string, unknown> {
  const money = (value: number) => ({ value, currency: charge.currency });
  const totals = totalsOf(charge);
  const { card } = charge;
  return {
    id: charge.id,
    request_key: charge.key,
    intent: charge.intent,
    amount: money(charge.value),
    reference: charge.reference,
    initiator: charge.initiator,
    created_at: iso(charge.created),
    version: charge.version,
    status: charge.status,
    ...(charge.reason !== undefined && { reason: charge.reason }),
    ...(charge.code !== undefined && { response: renderResponse(charge, charge.code) }),
    ...(charge.approved !== undefined && {
      approved_amount: money(totals.approved),
      authorized: money(totals.authorized),
      captured: money(totals.captured),
      released: money(totals.released),
      refunded: money(totals.refunded),
    }),
    ...(charge.method !== undefined && { method: renderMethod(charge.method) }),
    ...(charge.method !== undefined && charge.pending !== undefined && { expected_by: iso(charge.pending.due) }),
    ...(charge.authorized_until !== undefined && { authorization_expires_at: iso(charge.authorized_until) }),
    ...(charge.approval !== undefined && { approval_code: charge.approval }),
    ...(charge.ntid !== undefined && { network_transaction_id: charge.ntid }),
    ...(charge.token !== undefined && { token: charge.token }),
    ...(card !== undefined && { card: renderCard(card, charge.updated) }),
    ...(charge.auth !== undefined && {
      three_ds: {
        version: '2.2.0',
        status: charge.auth.status,
        ...(charge.auth.eci !== undefined && { eci: charge.auth.eci }),
        flow: charge.auth.flow,
        transaction_id: charge.auth.tx,
      },
    }),
    ...(charge.status === 'action_required' && charge.action && { action: renderAction(charge, charge.action, base) }),
    captures: renderSteps(charge, 'capture'),
    voids: renderSteps(charge, 'void'),
    refunds: renderSteps(charge, 'refund'),
  };
}

function renderResponse(charge: Charge, code: string): Record<string, string> {
  const text = charge.card === undefined && code === '14' ? USE_A_TEST_CARD : (TEXTS[code] ?? 'Declined');
  return { code, ...(charge.advice !== undefined && { advice: charge.advice }), text, cvc: charge.cvc };
}

function renderCard(card: CardOnFile, updated: Charge['updated']): Record<string, unknown> {
  return {
    schemes: card.schemes,
    type: card.type,
    country: card.country,
    bin: card.bin,
    last4: card.last4,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    ...(updated !== undefined && { updated }),
  };
}

function renderAction(charge: Charge, action: OpenAction, base: string): Record<string, unknown> {
  const { method } = charge;
  if (method !== undefined) {
    return { ...renderMethodAction(method, { page: action.page, base }), expires_at: iso(action.due) };
  }
  const page = `${base}/acs/${action.page}`;
  return {
    type: 'three_ds',
    ...(action.kind === 'method' && { method_url: `${page}/method` }),
    acs_url: page,
    creq: challengeRequest(action.page),
    expires_at: iso(action.due),
  };
}

/** The challenge request of EMV 3-D Secure in form only: base64url of a small JSON document. */
function challengeRequest(page: string): string {
  const message = {
    messageType: 'CReq',
    messageVersion: '2.2.0',
    acsTransID: page.slice(0, 16),
    challengeWindowSize: '05',
  };
  return Buffer.from(JSON.stringify(message)).toString('base64url');
}

const NO_STEPS: readonly unknown[] = [];

function renderSteps(charge: Charge, kind: StepKind): readonly unknown[] {
  if (charge.steps.length === 0) return NO_STEPS;
  return charge.steps
    .filter((step) => step.kind === kind)
    .map((step) => ({
      id: step.id,
      request_key: step.key,
      amount: { value: step.value, currency: charge.currency },
      status: step.status,
      ...(step.failure !== undefined && { failure: step.failure }),
      created_at: iso(step.created),
    }));
}
