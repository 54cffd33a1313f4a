/**
 * `POST …/pay`, in the order that makes it safe: form token, what was seen, fields; then the application, which checks
 * the attempt key, the session and the limits in the transaction that writes the attempt.
 */
import type { FastifyReply } from 'fastify';
import type { CheckoutView, KeptForm, PayOrder, PayResult } from '../../app/checkout-door.ts';
import { MINUTE, type Timestamp } from '../../lib/time.ts';
import { sendPage, wantsFacts } from './answers.ts';
import type { Form } from './form-body.ts';
import { problemPage } from './page.ts';
import { keepable, type PaymentReading, readPayment } from './pay-fields.ts';
import { hasForm } from './state.ts';
import { consentEvidence, shownTerms } from './terms.ts';
import {
  answersFor,
  type CheckoutRoutes,
  contextFor,
  formHolds,
  phrasesFor,
  sendBack,
  sendNotFound,
  sendSession,
  showState,
  type Visit,
  viewFor,
} from './visit.ts';

/** Answers a press of Pay. At most one attempt follows, whatever is pressed or resent. */
export async function answerPay(routes: CheckoutRoutes, visit: Visit, form: Form): Promise<FastifyReply> {
  const view = await viewFor(routes, visit);
  if (!view) return sendNotFound(routes, visit);
  if (!hasForm(view)) return answerLatePay(routes, visit, view);
  const values = keepable(form);
  const attemptKey = form.attempt_key ?? '';
  if (!formHolds(routes, visit, { view, form }) || !/^[\w-]{22}$/.test(attemptKey)) {
    return sendBack(routes, visit, view, { values, errors: [], notice: 'stale' });
  }
  const t = phrasesFor(visit, view);
  const terms = shownTerms(view, t);
  if (form.seen !== terms.seen) return sendBack(routes, visit, view, { values, errors: [], notice: 'changed' });
  const reading = readPayment(form, view, t);
  if ('errors' in reading) {
    await keepGoodNumber(routes, visit, reading);
    return sendBack(routes, visit, view, { values, errors: reading.errors });
  }
  const result = await routes.door.pay(
    visit.id,
    orderOf(visit, form, { attemptKey, money: view.money, at: view.now, terms, t, reading }),
    view,
  );
  if (result.kind === 'refused') return sendBack(routes, visit, view, { values, errors: result.errors });
  if (result.kind === 'closed' || result.kind === 'braked') return sendClosed(routes, visit, { result, values });
  if (result.kind === 'not_sent') {
    const page = problemPage(t, { status: 500, provenUnsent: true, path: visit.path });
    return sendPage(visit.reply, page, answersFor(routes, { view, t }));
  }
  // Not after success: then nothing is shown again, and nothing need be written.
  const kept: KeptForm = { values, errors: [] };
  const after = result.after ?? (await viewFor(routes, visit));
  if (after && after.situation.kind !== 'completed' && visit.cookies.browser !== undefined) {
    await routes.door.keepForm(visit.id, visit.cookies.browser, kept);
  }
  return showState(routes, visit, { kept, view: after });
}

/** A card that a rule closes, or all cards that a brake closes: the page as after a decline, also in a browser without cookies. */
async function sendClosed(
  routes: CheckoutRoutes,
  visit: Visit,
  { result, values }: { result: Extract<PayResult, { kind: 'closed' | 'braked' }>; values: KeptForm['values'] },
): Promise<FastifyReply> {
  const closed = result.kind === 'closed' ? { closed: result.card } : { cardsClosedUntil: result.cardsClosedUntil };
  const kept: KeptForm = { values, errors: [], ...closed };
  const { browser } = visit.cookies;
  if (browser !== undefined) await routes.door.keepForm(visit.id, browser, kept);
  if (browser !== undefined || wantsFacts(visit.request)) return showState(routes, visit, { kept, view: result.after });
  return sendSession(routes, visit, contextFor(routes, visit, result.after, kept), 422);
}

/** Pay on a page that takes no payment any more. Only a press well after success is told that it was done before. */
async function answerLatePay(routes: CheckoutRoutes, visit: Visit, view: CheckoutView): Promise<FastifyReply> {
  const { situation } = view;
  const { browser } = visit.cookies;
  if (situation.kind === 'completed' && view.now - situation.at > MINUTE && browser !== undefined) {
    await routes.door.keepForm(visit.id, browser, { values: {}, errors: [], notice: 'again' });
  }
  return showState(routes, visit);
}

/** A number that was right beside another mistake need not be typed again: sealed for this browser. */
async function keepGoodNumber(routes: CheckoutRoutes, visit: Visit, reading: PaymentReading): Promise<void> {
  const good = 'good' in reading ? reading.good : undefined;
  const { browser } = visit.cookies;
  if (good?.number === undefined || browser === undefined) return;
  await routes.door.keepTypedCard?.(visit.id, browser, { number: good.number, ...good.expiry });
}

interface Checked {
  attemptKey: string;
  money: PayOrder['money'];
  /** When the page was made, by the tenant's clock. */
  at: Timestamp;
  terms: ReturnType<typeof shownTerms>;
  t: ReturnType<typeof phrasesFor>;
  reading: { instrument: PayOrder['instrument']; email?: string };
}

function orderOf({ request, cookies }: Visit, form: Form, checked: Checked): PayOrder {
  const { terms, t } = checked;
  // A saved card is saved already: the box speaks of new ones.
  const ticked = form.save_payment_method === 'true' && checked.reading.instrument.type !== 'saved';
  const save = terms.saving === 'box' ? ticked : terms.saving !== 'none';
  const userAgent = request.headers['user-agent']?.slice(0, 500);
  const evidence = consentEvidence(terms, t, {
    at: checked.at,
    ip: request.ip,
    ...(userAgent !== undefined && { userAgent }),
  });
  const browser = form.browser?.slice(0, 500);
  const { email } = checked.reading;
  return {
    attemptKey: checked.attemptKey,
    money: checked.money,
    instrument: checked.reading.instrument,
    save,
    ...(save && evidence && { consent: evidence }),
    payer: { ip: request.ip, ...(browser && { browser }), ...(email && { email }) },
    ...(cookies.browser !== undefined && { browser: cookies.browser }),
  };
}
