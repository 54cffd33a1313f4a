/** The pages of the pretend bank's authentication server, one function a state. */
import type { Charge, Decision } from './charge.ts';
import { type Html, html, type Page } from './page-layout.ts';
import { amountOf, details as detailsOf, type PageFacts, sheet, shopOf, wayBack } from './page-parts.ts';

const BANK = 'Sandbox bank';

const OUTCOMES: Partial<Record<Decision, { title: string; text: string }>> = {
  approve: { title: 'You approved this payment', text: 'Your bank has told the shop.' },
  decline: { title: 'You declined this payment', text: 'Nothing was taken.' },
  unknown: { title: 'The bank could not say', text: 'The shop was told that your bank could not confirm you.' },
  browser_checked: { title: 'Browser checked', text: 'No question was needed.' },
  deadline: { title: 'Time ran out', text: 'Nobody answered in time. Nothing was taken.' },
};
const TAKEN_BACK = { title: 'The shop took this request back', text: 'Nothing was taken.' };

/** The challenge, its browser check, or what became of it. */
export function acsPage(facts: PageFacts): Page {
  const { action } = facts.charge;
  if (action?.decision !== undefined) return decidedPage(facts, OUTCOMES[action.decision] ?? TAKEN_BACK);
  if (action === undefined || facts.charge.status !== 'action_required') return decidedPage(facts, TAKEN_BACK);
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
export function methodPage(facts: PageFacts): Page {
  return { ...framedAs(facts), status: 200, title: 'Browser check done', content: html`<h1>Browser check done</h1>` };
}

function challengePage(facts: PageFacts, page: string): Page {
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
    ...framedAs(facts),
    status: 200,
    title: `Confirm ${amountOf(facts.charge)} · ${BANK}`,
    content: sheet(BANK, content),
  };
}

function browserCheckPage(facts: PageFacts, page: string): Page {
  const content = html`<h1>Checking your browser</h1>
<p class="lead">This takes a moment and asks nothing of you.</p>
${details(facts)}
<iframe src="/acs/${page}/method" title="Browser check" hidden></iframe>
<form method="post" action="/acs/${page}"><button class="yes" name="decision" value="continue">Continue</button></form>`;
  return {
    ...framedAs(facts),
    status: 200,
    title: `Checking your browser · ${BANK}`,
    // The browser starts counting once the frame has loaded, so the check comes first.
    refreshTo: `/acs/${page}/continue`,
    frames: true,
    content: sheet(BANK, content),
  };
}

function silentPage(facts: PageFacts): Page {
  const content = html`<h1>Your bank does not answer</h1>
<p class="lead">This card's bank never asks its question. The request ends by itself when its time is up.</p>
${details(facts)}
<a class="button" href="${facts.charge.action?.return_url ?? ''}">Leave without answering</a>`;
  return { ...framedAs(facts), status: 200, title: `No answer · ${BANK}`, content: sheet(BANK, content) };
}

function decidedPage(facts: PageFacts, outcome: { title: string; text: string }): Page {
  const content = html`<h1>${outcome.title}</h1>
<p class="lead">${outcome.text}</p>
${details(facts, true)}
${wayBack(facts)}`;
  return { ...framedAs(facts), status: 200, title: `${outcome.title} · ${BANK}`, content: sheet(BANK, content) };
}

function details(facts: PageFacts, over = false): Html {
  const { card } = facts.charge;
  const value = `${schemeName(facts.charge)} ending ${card?.last4 ?? '????'}`;
  return detailsOf(facts, { means: { label: 'Card', value }, over });
}

/** `cartes_bancaires` → `Cartes bancaires`. */
function schemeName(charge: Charge): string {
  const name = (charge.card?.schemes[0] ?? 'card').replace('_', ' ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Where the pages of a question may stand. */
function framedAs(facts: PageFacts): { shop?: string; embeddable: true } {
  return { ...shopOf(facts), embeddable: true };
}
