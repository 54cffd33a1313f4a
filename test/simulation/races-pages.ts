/** What can happen to a session while its payer pays, as operations that races are made of. */
import { must } from '../../src/lib/assert.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, type Page, type Payer } from '../support/payer.ts';
import { tellsOf } from './bank.ts';
import { doesDuty, isUnderWay, newestKey, standsOf, told } from './races-sight.ts';
import type { Ground, Operation } from './races-table.ts';

export interface OnPage {
  session: Json;
  /** A browser for each process, its page open since before the race. */
  browsers: Map<string, { payer: Payer; page: Page }>;
  /** The request key of the attempt that is under way before the race, if one is. */
  key?: string | undefined;
}

/** A session of an hour, open in a browser at each process where somebody will pay there. */
export async function openPages(app: TestApp, beside: TestApp, pair: readonly Operation<OnPage>[]): Promise<OnPage> {
  const expires_at = new Date(app.clock.now() + HOUR).toISOString();
  const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
  const browsers = new Map<string, { payer: Payer; page: Page }>();
  for (const at of pair.includes(pays) ? [app, beside] : []) {
    const payer = at.payer.another();
    browsers.set(at.url, { payer, page: await payer.open(session) });
  }
  return { session, browsers };
}

/** Presses Pay on the page that has been open since before the race: each process has a browser of its own. */
export const pays: Operation<OnPage> = {
  name: 'pay',
  async run(at, { session, browsers }) {
    const { payer, page } = must(browsers.get(at.url), 'a browser at each process');
    const shown = await payer.submit(session, page, cards.approved);
    return served(shown);
  },
};

export const cancels: Operation<OnPage> = {
  name: 'cancel',
  run: async (at, { session }) =>
    told(await at.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`)),
};

export const payerCancels: Operation<OnPage> = {
  name: 'the payer cancels',
  run: async (at, { session }) => served(await at.payer.another().act(session, 'cancel')),
};

export const expires: Operation<OnPage> = {
  name: 'expire',
  async run(at) {
    at.clock.advance(HOUR);
    await doesDuty(at, 'expire sessions');
    return '';
  },
};

export const patches: Operation<OnPage> = {
  name: 'another amount',
  run: async (at, { session }) =>
    told(await at.merchant.call('PATCH', `/collect/payment_sessions/${session.id}`, { amount: 99_900 })),
};

export const isTold: Operation<OnPage> = {
  name: 'notice',
  async run(at, { session, key }) {
    const known = key ?? (await newestKey(at, session.id));
    return known === undefined ? '' : told({ status: await tellsOf(at, known, 'charge.approved'), body: {} });
  },
};

export const returns: Operation<OnPage> = {
  name: 'return',
  async run(at, { session, key }) {
    const url = `${at.url}/checkout/${session.checkout_session_id}/return/${key}`;
    const { status } = await fetch(url, { redirect: 'manual' });
    return told({ status, body: {} });
  },
};

export const checks: Operation<OnPage> = {
  name: 'check now',
  run: async (at, { session }) => served(await at.payer.another().act(session, 'check')),
};

export const syncs: Operation<OnPage> = {
  name: 'sync',
  async run(at) {
    await doesDuty(at, 'ask about attempts');
    return '';
  },
};

/** Approves at the bank, and comes back to the process `at`: the bank's own way back leads to the first one only. */
export const approvesAtBank: Operation<OnPage> = {
  name: 'approve at the bank',
  async run(at, { session }) {
    const page = await at.payer.another().open(session);
    const bank = /action="(https?:\/\/[^"]+\/acs\/[^"]+)"/.exec(page.html)?.[1];
    // The page leads to the bank no more.
    if (bank === undefined) return served(page);
    const body = new URLSearchParams({ decision: 'approve' });
    const decided = await fetch(bank, { method: 'POST', redirect: 'manual', body });
    const back = decided.headers.get('location');
    if (back === null) return '';
    const { status } = await fetch(at.url + new URL(back).pathname, { redirect: 'manual' });
    return told({ status, body: {} }) && '';
  },
};

export const leaves: Operation<OnPage> = {
  name: 'leave the bank',
  run: async (at, { session }) => served(await at.payer.another().act(session, 'leave')),
};

export const tooLate: Operation<OnPage> = {
  name: 'the bank’s deadline passes',
  async run(at) {
    at.clock.advance(10 * MINUTE);
    await doesDuty(at, 'ask about attempts');
    return '';
  },
};

/** What a page shows meanwhile is told by no promise but this: it is shown. */
function served(page: Page): string {
  if (page.status >= 500) throw new Error(`the payer sees an error: ${page.status}`);
  return '';
}

export const about = {
  stands: (app: TestApp, { session }: OnPage) => standsOf(app, session.id),
  isOpen: (app: TestApp, { session }: OnPage) => isUnderWay(app, session.id),
} satisfies Partial<Ground<OnPage>>;
