/**
 * The payer's pages of the methods beyond cards: the bank's, the wallet's, the phone's and the till's. One form where something can be
 * decided, one sentence where it has been, and after the deadline the offer to pay late, which a real payer may find open too.
 */
import type { Charge, Decision } from './charge.ts';
import { type OtherMethod, PAGE_PATHS, phoneAnswer, placeName } from './other-methods.ts';
import { type Html, html, type Page } from './page-layout.ts';
import { amountOf, details, type PageFacts, sheet, shopOf, wayBack } from './page-parts.ts';

export interface MethodFacts extends PageFacts {
  method: OtherMethod;
  /** The time is up and nobody has closed the charge. */
  mayPayLate: boolean;
  /** What was typed was no PIN. */
  wrongPin?: boolean;
}

/** The page of an action, in whatever state it is. */
export function methodPage(facts: MethodFacts): Page {
  const { charge, method } = facts;
  if (facts.mayPayLate) return latePage(facts);
  if (charge.status !== 'action_required') return endPage(facts);
  return answersByItself(charge, method) ? automaticPage(facts) : questionPage(facts);
}

/** True for a phone that nobody has to play. */
export function answersByItself(charge: Charge, method: OtherMethod): boolean {
  return phoneAnswer(method, { asked: charge.created, deadline: charge.action?.due ?? 0 }).byItself;
}

const QUESTIONS: Readonly<Record<OtherMethod['type'], { title: string; lead: (merchant: string) => string }>> = {
  pay_by_bank: { title: 'Approve', lead: (merchant) => `${merchant} asks for a payment from your account.` },
  wallet_qr: { title: 'Pay', lead: (merchant) => `You scanned a code of ${merchant}.` },
  mobile_money: {
    title: 'Approve',
    lead: (merchant) => `${merchant} asks for a payment. Type your PIN to approve it.`,
  },
  voucher: { title: 'Take', lead: (merchant) => `A payer shows a code of ${merchant} at the till.` },
};

function questionPage(facts: MethodFacts): Page {
  const { charge, method, wrongPin } = facts;
  const { title, lead } = QUESTIONS[method.type];
  const content = html`<h1>${title} this payment?</h1>
<p class="lead">${lead(facts.merchant)}</p>
${details(facts, { means: meansOf(charge, method) })}
<form method="post" action="${formAction(charge, method)}">
${method.type === 'mobile_money' && pinField(wrongPin === true)}
<button class="yes" name="decision" value="approve">Approve</button>
<button class="no" name="decision" value="decline" formnovalidate>Decline</button>
<button class="quiet" name="decision" value="abandon" formnovalidate>Leave without answering</button>
</form>`;
  const asked = `${title} ${amountOf(charge)}`;
  return page(facts, wrongPin ? `Error: ${asked}` : asked, content);
}

/** Any four digits are right: which phones refuse is decided by their number. */
function pinField(wrong: boolean): Html {
  return html`<div class="field"><label for="pin">PIN</label>
<p class="soft" id="pin-hint">Any four digits. It is not kept.</p>
${wrong && html`<p class="wrong" id="pin-error">Enter four digits.</p>`}
<input id="pin" name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="4" pattern="[0-9]{4}" required aria-describedby="${wrong ? 'pin-hint pin-error' : 'pin-hint'}"${wrong && html` aria-invalid="true" autofocus`}></div>`;
}

function automaticPage(facts: MethodFacts): Page {
  const { charge, method } = facts;
  const content = html`<h1>This phone answers by itself</h1>
<p class="lead">Its number ends in ${method.type === 'mobile_money' ? method.ending : ''}, which decides what happens. There is nothing to press.</p>
${details(facts, { means: meansOf(charge, method) })}
<a class="button" href="${charge.action?.return_url ?? ''}">Leave without answering</a>`;
  return page(facts, 'This phone answers by itself', content);
}

function latePage(facts: MethodFacts): Page {
  const { charge, method } = facts;
  const content = html`<h1>The time is up</h1>
<p class="lead">${facts.merchant} was told that nobody paid. What is paid now comes too late, and ${facts.merchant} has to give it back.</p>
${details(facts, { means: meansOf(charge, method), over: true })}
<form method="post" action="${formAction(charge, method)}">
<button name="decision" value="pay_late">Pay late</button>
<button class="quiet" name="decision" value="abandon">Leave without answering</button>
</form>`;
  return page(facts, 'The time is up', content);
}

const ENDS: Partial<Record<Decision, { title: string; text: string }>> = {
  approve: { title: 'You approved this payment', text: 'The shop has been told.' },
  decline: { title: 'You declined this payment', text: 'Nothing was taken.' },
  wrong_pin: { title: 'The PIN was wrong', text: 'Nothing was taken.' },
  no_money: { title: 'There was not enough money', text: 'Nothing was taken.' },
  deadline: { title: 'Time ran out', text: 'Nobody answered in time. Nothing was taken.' },
  pay_late: { title: 'You paid after the end', text: 'The shop has been told, and has to give the money back.' },
  reversed: { title: 'The shop took this request back', text: 'Nothing was taken.' },
};

function endPage(facts: MethodFacts): Page {
  const { charge, method } = facts;
  const { title, text } = endOf(charge);
  const content = html`<h1>${title}</h1>
<p class="lead">${text}</p>
${details(facts, { means: meansOf(charge, method), over: true })}
${wayBack(facts)}`;
  return page(facts, title, content);
}

function endOf(charge: Charge): { title: string; text: string } {
  if (charge.status === 'pending') {
    return { title: 'You approved this payment', text: 'The bank is working on it and tells the shop later.' };
  }
  if (charge.status === 'reversed')
    return { title: 'The money was given back', text: 'The shop took this payment back.' };
  if (charge.status === 'declined' && charge.action?.decision === 'approve') {
    return {
      title: 'The payment was declined',
      text: 'You approved it, and it was refused afterwards. Nothing was taken.',
    };
  }
  return (
    ENDS[charge.action?.decision ?? 'reversed'] ?? { title: 'This is over', text: 'There is nothing left to decide.' }
  );
}

function meansOf(charge: Charge, method: OtherMethod): { label: string; value: string } | undefined {
  switch (method.type) {
    case 'mobile_money':
      return { label: 'Phone', value: `ending ${method.ending}` };
    case 'voucher':
      return { label: 'Code', value: (charge.action?.page ?? '').replace(/(.{4})(?=.)/g, '$1 ') };
    default:
      return undefined;
  }
}

function formAction(charge: Charge, method: OtherMethod): string {
  return `/${PAGE_PATHS[method.type]}/${charge.action?.page ?? ''}`;
}

function page(facts: MethodFacts, title: string, content: Html): Page {
  const place = placeName(facts.method);
  return { ...shopOf(facts), status: 200, title: `${title} · ${place}`, content: sheet(place, content) };
}
