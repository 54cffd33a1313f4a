/** A payer who pays without a card: chooses on the page, and does elsewhere what the page says, at pages of the pretend bank, wallet or till. */
import { bankCatchesUp } from '../simulation/bank.ts';
import type { TestApp } from './app.ts';
import type { Json } from './merchant.ts';
import { hiddenFields, type Page, type Payer } from './payer.ts';

type Session = { id: string; checkout_session_id: string };

/** Opens the page, chooses a way to pay, fills in its fields and presses the button. */
export async function paysBy(
  payer: Payer,
  session: Session,
  method: string,
  fields: Record<string, string> = {},
): Promise<Page> {
  const page = await payer.open(session);
  return payer.press(session, 'pay', { ...hiddenFields(page.html, 'pay'), payment_method: method, ...fields });
}

/** The newest attempt of a session's payment, as the API shows it. */
export async function lastAttempt(app: TestApp, session: Session): Promise<Json> {
  const { payment_id: id } = await app.merchant.session(session.id);
  return (await app.merchant.attempts(id)).at(-1);
}

/** Decides on a page of the pretend bank, wallet, phone or till, and follows the way back, if there is one. */
export async function decidesAt(url: string, decision: string): Promise<void> {
  const looked = await fetch(url);
  const page = await looked.text();
  if (looked.status !== 200) throw new Error(`${url} answered ${looked.status}`);
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1];
  const pin = page.includes('name="pin"') ? { pin: '1234' } : {};
  const decided = await fetch(new URL((action ?? '').replaceAll('&amp;', '&'), url), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision, ...pin }),
  });
  await decided.text();
  const back = decided.headers.get('location');
  if (decided.status >= 400) throw new Error(`${url} answered ${decided.status} to ${decision}`);
  if (back !== null && /\/return\//.test(back)) await (await fetch(back, { redirect: 'manual' })).arrayBuffer();
}

/** Time passes, at the bank first, and what is due is done. */
export async function passes(app: TestApp, ms: number): Promise<void> {
  app.clock.advance(ms);
  await bankCatchesUp(app);
  await app.runDue();
}

/** What people are asked to look at about a session's payment. */
export async function reviewOf(app: TestApp, session: Session): Promise<Json> {
  const { payment_id: id } = await app.merchant.session(session.id);
  return (await app.merchant.payment(id)).review;
}
