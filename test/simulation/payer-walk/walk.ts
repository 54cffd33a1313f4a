/** One walk: a payer who does anything in any order on one session's page, looked at after each step, until nothing is open. */
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/time.ts';
import type { TestApp } from '../../support/app.ts';
import { decidesAt, lastAttempt, passes } from '../../support/method-payer.ts';
import { type Draws, drawsOf } from '../seeded-world/draws.ts';
import { CARD_FATES } from '../seeded-world/fates.ts';
import { WalkModel } from './model.ts';
import { type Session, type Tab, type Typed, WalkingPayer } from './payer.ts';

export interface Walk {
  seed: string;
  trace: string[];
  broken: string[];
  end: string;
  charges: number;
}

interface Walking {
  app: TestApp;
  draws: Draws;
  payer: WalkingPayer;
  model: WalkModel;
  session: Session;
}

interface Step {
  name: string;
  weight: number;
  /** Answers what was done and what it broke; undefined where it cannot be done now. */
  run(walking: Walking, tab: Tab): Promise<{ did: string; broken?: string[] } | undefined>;
}

const METHODS: readonly (() => Typed)[] = [
  () => ({ payment_method: 'pay_by_bank', pay_by_bank_bank: 'prompt' }),
  () => ({ payment_method: 'pay_by_bank', pay_by_bank_bank: 'patient' }),
  () => ({ payment_method: 'wallet_qr' }),
  () => ({ payment_method: 'mobile_money', mobile_money_phone: '+27 82 123 4500' }),
  () => ({ payment_method: 'voucher' }),
];

/** What a payer may have in the form: a card, the kept card, another way, or something that cannot be right. */
function typing({ draws }: Walking, tab: Tab): { typed: Typed; what: string } {
  const kept = tab.page.html.includes('value="kept_card"');
  if (kept && draws.chance(0.5)) {
    const typed = { payment_method: 'kept_card', card_number: '', card_expiry: '12/30', card_cvc: '123' };
    return { typed, what: 'the kept card' };
  }
  if (tab.page.html.includes('value="voucher"') && draws.chance(0.3)) {
    const typed = draws.pick(METHODS)();
    return { typed, what: typed.payment_method };
  }
  const fate = draws.weighted(CARD_FATES.slice(0, 12));
  const typed = { payment_method: 'card', card_number: fate.number(draws), card_expiry: '12/30', card_cvc: '123' };
  if (draws.chance(0.15)) return { typed: { ...typed, card_expiry: '13/30' }, what: `${fate.name}, wrong month` };
  if (draws.chance(0.1)) return { typed: { ...typed, card_cvc: '' }, what: `${fate.name}, no code` };
  return { typed, what: fate.name };
}

/** What should stand in the form when it comes back, and does not. Nothing can be kept for a browser without cookies. */
function lost({ model, payer }: Walking, tab: Tab, typed: Typed): string[] {
  return payer.keepsCookies ? model.keptTyped(tab.page, typed) : [];
}

const STEPS: readonly Step[] = [
  {
    name: 'pays',
    weight: 30,
    async run(walking, tab) {
      const { typed, what } = typing(walking, tab);
      await walking.payer.pay(tab, typed);
      return { did: `pays with ${what}`, broken: lost(walking, tab, typed) };
    },
  },
  {
    name: 'double click',
    weight: 8,
    async run(walking, tab) {
      const { typed, what } = typing(walking, tab);
      await walking.payer.pay(tab, typed, walking.draws.between(2, 3));
      return { did: `double clicks with ${what}` };
    },
  },
  {
    name: 'two tabs',
    weight: 6,
    async run(walking, tab) {
      const other = await walking.payer.openTab();
      const [one, two] = [typing(walking, tab), typing(walking, other)];
      await Promise.all([walking.payer.pay(tab, one.typed), walking.payer.pay(other, two.typed)]);
      return { did: `pays in two tabs, ${one.what} and ${two.what}` };
    },
  },
  {
    name: 'offline',
    weight: 6,
    async run(walking, tab) {
      const { typed, what } = typing(walking, tab);
      await walking.payer.payCut(tab, typed);
      return { did: `is cut off while paying with ${what}, and sends it again` };
    },
  },
  {
    name: 'reload',
    weight: 8,
    async run({ payer }, tab) {
      await payer.reload(tab);
      return { did: 'reloads' };
    },
  },
  {
    name: 'back',
    weight: 8,
    async run({ payer }, tab) {
      payer.back(tab);
      return { did: 'goes back' };
    },
  },
  {
    name: 'second tab',
    weight: 4,
    async run({ payer }) {
      await payer.openTab();
      return { did: 'opens a second tab' };
    },
  },
  {
    name: 'language',
    weight: 3,
    async run({ payer, draws }, tab) {
      const locale = draws.pick(['en', 'en-ZA', 'af', 'xx']);
      await payer.act(tab, 'locale', { locale });
      await payer.act(tab, 'locale', { locale: 'en' });
      return { did: `changes the language to ${locale} and back` };
    },
  },
  {
    name: 'small forms',
    weight: 10,
    async run({ payer, draws }, tab) {
      const action = draws.weighted([
        { action: 'leave', weight: 6 },
        { action: 'check', weight: 5 },
        { action: 'more_time', weight: 4 },
        { action: 'cancel', weight: 1 },
      ]).action;
      await payer.act(tab, action);
      return { did: `presses ${action}` };
    },
  },
  {
    name: 'bank',
    weight: 14,
    async run({ payer, draws }, tab) {
      await payer.reload(tab);
      if (tab.page.state !== 'three_ds') return undefined;
      const decision = draws.pick(['approve', 'approve', 'decline', 'abandon'] as const);
      const fails = (error: Error) => {
        if (!/without a way back/.test(error.message)) throw error;
      };
      await payer.decideAtBank(tab, decision).catch(fails);
      return { did: `${decision}s at the bank` };
    },
  },
  {
    name: 'elsewhere',
    weight: 14,
    async run({ app, payer, draws, session }, tab) {
      await payer.reload(tab);
      if (!['redirect', 'qr_code', 'await_approval', 'voucher'].includes(tab.page.state)) return undefined;
      const { next_action: action } = await lastAttempt(app, session);
      const url = action?.url ?? action?.deep_link;
      if (url === undefined) return undefined;
      const decision = draws.pick(['approve', 'approve', 'decline', 'abandon']);
      const refused = await decidesAt(url, decision).then(
        () => '',
        () => ' and is refused there',
      );
      return { did: `${decision}s elsewhere${refused}` };
    },
  },
  {
    name: 'time',
    weight: 14,
    async run({ app, draws }) {
      const ms = draws.pick([6 * SECOND, 61 * SECOND, 4 * MINUTE, 9 * MINUTE, 16 * MINUTE]);
      await passes(app, ms);
      return { did: `${ms / SECOND} s pass` };
    },
  },
];

/** Walks `steps` steps on a page of its own, then lets time pass until nothing is open. */
export async function walk(app: TestApp, seed: string, steps = 14): Promise<Walk> {
  const draws = drawsOf(seed);
  const trace: string[] = [];
  // What banks said of the cards of other walks is no matter of this one.
  await app.merchant.call('POST', '/collect/test/cards/reset', {});
  const expires_at = new Date(app.clock.now() + draws.pick([6, 20, 45, 600]) * MINUTE).toISOString();
  const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
  const model = new WalkModel(app, session);
  const payer = new WalkingPayer(app, session, draws.chance(0.85));
  const walking: Walking = { app, draws, payer, model, session };
  const broken: string[] = [];
  /** Pages first: a key is on a page before an attempt can have it. */
  const shown = (): string[] =>
    payer.tabs.flatMap((tab) => [...tab.history, tab.page].flatMap((page) => model.shown(page)));
  const look = async (did: string, found: string[] = [], settled = false) => {
    found.push(...shown());
    const now = await model.agrees(settled);
    trace.push(`${did} → ${now.state}`);
    broken.push(...[...found, ...now.broken].map((sentence) => `after "${did}": ${sentence}`));
    return now;
  };
  trace.push(`a payer ${payer.keepsCookies ? 'with' : 'without'} cookies`);
  await payer.openTab();
  for (let n = 0; n < steps && broken.length === 0; n++) {
    const tab = draws.pick(payer.tabs);
    const done = await draws.weighted(STEPS).run(walking, tab);
    if (done !== undefined) await look(done.did, done.broken);
  }
  for (const ms of [12 * MINUTE, 2 * HOUR, DAY, 4 * DAY]) await passes(app, ms);
  const now = await look('everything has had its time', [], true);
  if (now.session.payment_outcome === 'pending') broken.push('nothing ends it');
  const charges = now.session.payment_outcome === 'paid' ? 1 : 0;
  return { seed, trace, broken, end: now.state, charges };
}
