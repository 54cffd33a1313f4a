/** What payers do on the page and at their banks. */
import type { Page } from '../../support/payer.ts';
import { CARD_FATES } from './fates.ts';
import type { SeenSession } from './sight.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

const pay: Step = {
  name: 'pay',
  weight: 34,
  async run(world) {
    const { draws } = world;
    const session = payable(world);
    if (session === undefined) return undefined;
    const payer = world.payer(session);
    const page = await payer.open(session.page);
    const saved = [...page.html.matchAll(/name="payment_method"[^>]*value="(pmt_\w+)"/g)].map((match) => match[1]!);
    const begins = session.status === 'active' && session.payment_outcome !== 'pending';
    if (begins) world.refundsEnd.set(session.id, 'otherwise');
    if (saved.length > 0 && draws.chance(0.6)) {
      const after = await payer.paysWithSaved(session.page, draws.pick(saved));
      return `pays ${world.name(session)} with a saved card → ${said(world, after)}`;
    }
    const fate = draws.weighted(CARD_FATES);
    const more: Record<string, string> = draws.chance(0.5) ? { save_payment_method: 'true' } : {};
    if (begins) world.refundsEnd.set(session.id, fate.name.startsWith('approves') ? 'well' : 'otherwise');
    const after = await payer.submit(session.page, page, fate.number(draws), more);
    return `pays ${world.name(session)} with a card: ${fate.name} → ${said(world, after)}`;
  },
};

const decide: Step = {
  name: 'decide at the bank',
  weight: 14,
  async run(world) {
    const session = waitingForPayer(world);
    if (session === undefined) return undefined;
    const decision = world.draws.pick(['approve', 'approve', 'approve', 'decline', 'abandon'] as const);
    world.stage.stir();
    const what = `${decision}s at the bank for ${world.name(session)}`;
    const after = await world
      .payer(session)
      .decidesAtBank(session.page, decision)
      .catch((error: Error) => {
        // The page has gone on, or the bank's page takes no decision: it is a card whose challenge nobody answers.
        if (/no bank form on the page|without a way back/.test(error.message)) return undefined;
        throw error;
      });
    if (after === undefined) return `${what} → nothing to decide`;
    return `${what} → ${said(world, after)}`;
  },
};

const act: Step = {
  name: 'act on the page',
  weight: 6,
  async run(world) {
    const pages = withPage(world.now.sessions);
    if (pages.length === 0) return undefined;
    const open = pages.filter((one) => one.status === 'active');
    const session = open.length > 0 && world.draws.chance(0.9) ? world.draws.pick(open) : world.draws.pick(pages);
    const action = world.draws.pick(['leave', 'check', 'check', 'more_time', 'cancel']);
    const after = await world.payer(session).act(session.page, action);
    return `presses ${action} on the page of ${world.name(session)} → ${said(world, after)}`;
  },
};

type WithPage = SeenSession & { page: { checkout_session_id: string } };

function withPage(sessions: readonly SeenSession[]): WithPage[] {
  return sessions.flatMap((one) =>
    one.checkout_id === null ? [] : [{ ...one, page: { checkout_session_id: one.checkout_id } }],
  );
}

/** Mostly one where a payment can begin; now and then one where it must not. */
function payable(world: World): WithPage | undefined {
  const pages = withPage(world.now.sessions);
  const ready = pages.filter((one) => one.status === 'active' && one.payment_outcome !== 'pending');
  if (pages.length === 0) return undefined;
  if (ready.length > 0 && world.draws.chance(0.93)) return world.draws.pick(ready);
  return world.draws.pick(pages);
}

function waitingForPayer(world: World): WithPage | undefined {
  const ids = new Set(world.now.open.filter((one) => one.status === 'action_required').map((one) => one.session_id));
  const waiting = withPage(world.now.sessions).filter((one) => ids.has(one.id));
  return waiting.length === 0 ? undefined : world.draws.pick(waiting);
}

function said(world: World, page: Page): string {
  if (world.stage.isDead) return 'no answer';
  world.must(page.status < 500 || world.stage.point.fired, `a page answered ${page.status}: ${page.state}`);
  return page.state;
}

export const PAYER_STEPS: readonly Step[] = [pay, decide, act];
