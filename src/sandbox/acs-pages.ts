/** The pages of the pretend bank's authentication server, one function a state, and the inbox of open actions. */
import type { Charge, Decision } from './charge.ts';
import { clockText, type Html, html, moneyText, type Page } from './page-layout.ts';

export interface AcsFacts {
  charge: Charge;
  merchant: string;
  /** Instant of the account's clock, for deadlines already past. */
  now: number;
}

const OUTCOMES: Record<Decision, { title: string; text: string }> = {
  approve: { title: 'You approved this payment', text: 'Your bank has told the shop.' },
  decline: { title: 'You declined this payment', text: 'Nothing was taken.' },
  unknown: { title: 'The bank could not say', text: 'The shop was told that your bank could not confirm you.' },
  browser_checked: { title: 'Browser checked', text: 'No question was needed.' },
  deadline: { title: 'Time ran out', text: 'Nobody answered in time. Nothing was taken.' },
  reversed: { title: 'The shop took this request back', text: 'Nothing was taken.' },
};

/** The challenge, its browser check, or what became of it. */
export function acsPage(facts: AcsFacts): Page {
  const { action } = facts.charge;
  if (action?.decision !== undefined) return decidedPage(facts, OUTCOMES[action.decision]);
  if (action === undefined || facts.charge.status !== 'action_required') return decidedPage(facts, OUTCOMES.reversed);
  switch (action.kind) {
    case 'method':
      return browserCheckPage(facts, action.page);
    case 'never_answered':
      return silentPage(facts);
    default:
      return challengePage(facts, action.page);
  }
}

/** What the hidden frame of the browser check shows to nobody. */
export function methodPage(facts: AcsFacts): Page {
  return { ...shared(facts), status: 200, title: 'Browser check done', content: html`<h1>Browser check done</h1>` };
}

export function unknownPage(): Page {
  return {
    status: 404,
    title: 'Page not found',
    content: sheet(
      html`<h1>There is nothing here</h1><p class="lead">The address is not one of ours, or it was cut off.</p>`,
    ),
  };
}

/** Every action still open, newest first: play the payer without hunting for links. */
export function inboxPage(open: readonly AcsFacts[]): Page {
  const items = open.map(
    (facts) => html`<li class="sheet">
<p class="row"><span>${facts.merchant}</span><span>${amountOf(facts.charge)}</span></p>
<p class="soft">Card ending ${facts.charge.card?.last4 ?? '????'} · reference ${facts.charge.reference} · open until ${clockText(facts.charge.action?.due ?? 0)}</p>
<a class="button yes" href="/acs/${facts.charge.action?.page ?? ''}">Open the bank's page</a>
</li>`,
  );
  return {
    status: 200,
    title: open.length === 0 ? 'No open actions · Sandbox bank' : `${open.length} open · Sandbox bank`,
    wide: true,
    content: html`${bank()}<h1>Waiting for a payer</h1>
<p class="lead">Payments that stand still until somebody answers the bank. Newest first; load the page again for the latest.</p>
${items.length === 0 ? html`<div class="sheet"><p class="lead">Nothing is waiting at the moment.</p></div>` : html`<ul>${items}</ul>`}`,
  };
}

function challengePage(facts: AcsFacts, page: string): Page {
  const content = html`<h1>Is this you paying?</h1>
<p class="lead">${facts.merchant} asks your bank to confirm it.</p>
${details(facts)}
<form method="post" action="/acs/${page}">
<button class="yes" name="decision" value="approve">Approve</button>
<button class="no" name="decision" value="decline">Decline</button>
<button name="decision" value="unknown">The bank cannot say</button>
<button class="quiet" name="decision" value="abandon">Leave without answering</button>
</form>`;
  return {
    ...shared(facts),
    status: 200,
    title: `Confirm ${amountOf(facts.charge)} · Sandbox bank`,
    content: sheet(content),
  };
}

function browserCheckPage(facts: AcsFacts, page: string): Page {
  const content = html`<h1>Checking your browser</h1>
<p class="lead">This takes a moment and asks nothing of you.</p>
${details(facts)}
<iframe src="/acs/${page}/method" title="Browser check" hidden></iframe>
<form method="post" action="/acs/${page}"><button class="yes" name="decision" value="continue">Continue</button></form>`;
  return {
    ...shared(facts),
    status: 200,
    title: 'Checking your browser · Sandbox bank',
    // The browser starts counting once the frame has loaded, so the check comes first.
    refreshTo: `/acs/${page}/continue`,
    frames: true,
    content: sheet(content),
  };
}

function silentPage(facts: AcsFacts): Page {
  const content = html`<h1>Your bank does not answer</h1>
<p class="lead">This card's bank never asks its question. The request ends by itself when its time is up.</p>
${details(facts)}
<a class="button" href="${facts.charge.action?.return_url ?? ''}">Leave without answering</a>`;
  return { ...shared(facts), status: 200, title: 'No answer · Sandbox bank', content: sheet(content) };
}

function decidedPage(facts: AcsFacts, outcome: { title: string; text: string }): Page {
  const back = facts.charge.action?.return_url;
  const content = html`<h1>${outcome.title}</h1>
<p class="lead">${outcome.text}</p>
${details(facts, true)}
${back !== undefined && html`<a class="button yes" href="${back}">Back to ${facts.merchant}</a>`}`;
  return { ...shared(facts), status: 200, title: `${outcome.title} · Sandbox bank`, content: sheet(content) };
}

function details(facts: AcsFacts, over = false): Html {
  const { charge } = facts;
  return html`<p class="sum">${amountOf(charge)}</p>
<dl>
<div><dt>Paid to</dt><dd>${facts.merchant}</dd></div>
<div><dt>Card</dt><dd>${schemeName(charge)} ending ${charge.card?.last4 ?? '????'}</dd></div>
<div><dt>Reference</dt><dd>${charge.reference}</dd></div>
${!over && html`<div><dt>Answer by</dt><dd>${clockText(charge.action?.due ?? facts.now)}</dd></div>`}
</dl>`;
}

function sheet(content: Html): Html {
  return html`<div class="sheet">${bank()}${content}</div>`;
}

function bank(): Html {
  return html`<p class="bank"><span class="mark" aria-hidden="true"></span>Sandbox bank</p>`;
}

function amountOf(charge: Charge): string {
  return charge.intent === 'verify' ? `No charge, ${charge.currency}` : moneyText(charge.value, charge.currency);
}

/** `cartes_bancaires` → `Cartes bancaires`. */
function schemeName(charge: Charge): string {
  const name = (charge.card?.schemes[0] ?? 'card').replace('_', ' ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function shared(facts: AcsFacts): { shop?: string } {
  const back = facts.charge.action?.return_url;
  return back === undefined ? {} : { shop: new URL(back).origin };
}
