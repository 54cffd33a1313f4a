/**
 * One scenario being played: a shop that calls the public API, a payer who uses the page, and a bank that is made to behave. Waits
 * are bounded, and everything that was made is remembered, so that its events and its rows in the book can be told.
 */
import type { PaymentSession, PaymentSessionCreate, Tender } from '../../../sdk/src/tender.ts';
import { luhnDigit } from '../../lib/luhn.ts';
import type { Bank, Fault } from './bank.ts';
import { type Page, Payer } from './payer.ts';

export interface Stage {
  tender: Tender;
  bank: Bank;
  amountMinor: number;
  currency: string;
  /** Lets time pass while nothing is known yet, milliseconds. */
  pause(ms: number): Promise<void>;
  /** Words for whoever watches. */
  say(line: string): void;
  /** Shows a page to whoever watches. */
  show?(url: string): void;
  random(): number;
  /** Real time, milliseconds since 1970: what webhooks are signed with. */
  nowMs(): number;
  /** How long a slow bank takes, milliseconds of real time. */
  slowMs: number;
}

/** The end that a scenario names was not reached. */
export class NotReached extends Error {}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const PATIENCE_MS = 90_000;

export type Want = Partial<Pick<PaymentSession, 'status' | 'payment_outcome'>>;

export class Play {
  readonly stage: Stage;
  readonly ids = new Set<string>();
  /** True when the test clock was moved. */
  moved = false;
  #armed: string[] = [];
  #ends: (() => Promise<unknown>)[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  get tender(): Tender {
    return this.stage.tender;
  }

  get bank(): Bank {
    return this.stage.bank;
  }

  /** Remembers what was made. */
  made<T extends { id: string }>(thing: T): T {
    this.ids.add(thing.id);
    return thing;
  }

  /** A session of the scenario's amount, unless asked otherwise. */
  async session(asked: Partial<PaymentSessionCreate> = {}): Promise<PaymentSession> {
    const { amountMinor: amount, currency } = this.stage;
    const session = this.made(await this.tender.paymentSessions.create({ amount, currency, ...asked }));
    if (session.customer_id !== undefined) this.ids.add(session.customer_id);
    if (session.session_url !== undefined) this.stage.show?.(session.session_url);
    return session;
  }

  /** Opens the page, types a card and presses the button. */
  async pays(
    session: PaymentSession,
    card: string,
    typed: Record<string, string> = {},
    payer = new Payer(),
  ): Promise<Page> {
    const page = await payer.open(addressOf(session));
    const fields = { payment_method: 'card', card_number: card, card_expiry: await this.expiry(), card_cvc: '123' };
    return refusedAside(await payer.submit(page, '/pay', { ...fields, ...typed }));
  }

  /** Chooses a way to pay that is no card, and presses the button. */
  async paysBy(session: PaymentSession, method: string, typed: Record<string, string> = {}): Promise<Page> {
    const payer = new Payer();
    const page = await payer.open(addressOf(session));
    return refusedAside(await payer.submit(page, '/pay', { payment_method: method, ...typed }));
  }

  /** Answers the bank's question, by the form on the page, and comes back. */
  async decidesAtBank(session: PaymentSession, decision: 'approve' | 'decline' | 'abandon'): Promise<Page> {
    const payer = new Payer();
    const question = await payer.submit(await payer.open(addressOf(session)), '/acs/');
    return payer.submit(question, '/acs/', { decision });
  }

  /** Decides where the payer was sent or asked: at the page of the bank, wallet, phone or till. */
  async decidesElsewhere(session: PaymentSession, decision: string): Promise<void> {
    await this.decidesAt(await this.pageElsewhere(session), decision);
  }

  /** Where the payer has something to do. */
  async pageElsewhere(session: PaymentSession): Promise<string> {
    const { payment_id: reference } = await this.tender.paymentSessions.get(session.id);
    const open = (await this.bank.actions()).find((one) => one.reference === reference);
    if (open === undefined) throw new NotReached('The bank waits for nobody.');
    return open.url;
  }

  /** Decides at a page of the pretend bank, wallet, phone or till. */
  async decidesAt(url: string, decision: string): Promise<void> {
    const payer = new Payer();
    const page = await payer.open(url);
    const pin = page.html.includes('name="pin"') ? { pin: '1234' } : {};
    await payer.submit(page, '/', { decision, ...pin });
  }

  /** Reads the session until it is as wanted. */
  ends(session: PaymentSession, want: Want): Promise<PaymentSession> {
    const words = Object.values(want).join(' · ');
    return this.until(`the session is ${words}`, async () => {
      const now = await this.tender.paymentSessions.get(session.id);
      const as = Object.entries(want).every(([name, value]) => now[name as keyof Want] === value);
      return as ? now : undefined;
    });
  }

  /** Asks again, ever less often, until the answer is there. Throws {@link NotReached} after a minute and a half. */
  async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    let waitedMs = 0;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.6, LONGEST_PAUSE_MS)) {
      const found = await ask();
      if (found !== undefined) return found;
      if (waitedMs >= PATIENCE_MS) throw new NotReached(`It was never true that ${what}.`);
      await this.stage.pause(Math.round(pauseMs));
      waitedMs += pauseMs;
    }
  }

  holds(condition: boolean, what: string): void {
    if (!condition) throw new NotReached(`It is not true that ${what}.`);
  }

  /** Moves the test clock of the whole account forward, and says so. */
  async passes(seconds: number): Promise<void> {
    const { now } = await this.tender.testMode.advanceClock({ seconds });
    this.moved = true;
    this.stage.say(`The test clock of this account was moved on; it stands at ${now}.`);
  }

  async passesTo(instant: string): Promise<void> {
    await this.passes(Math.max(1, Math.ceil((Date.parse(instant) - Date.parse(await this.now())) / 1000) + 1));
  }

  /** Where the test clock stands. */
  async now(): Promise<string> {
    return (await this.tender.testMode.getClock()).now;
  }

  /** A date of expiry three years ahead of the test clock, or in `months` from it, as a payer types it. */
  async expiry(months = 36): Promise<string> {
    const now = await this.now();
    const count = Number(now.slice(0, 4)) * 12 + Number(now.slice(5, 7)) - 1 + months;
    return `${String((count % 12) + 1).padStart(2, '0')}/${String(Math.floor(count / 12)).slice(-2)}`;
  }

  newCard(): string {
    return newCard(this.stage.random);
  }

  /** Arms faults for charges of one card; they are taken away when the scenario is over. */
  async arm(card: string, ...faults: Fault[]): Promise<void> {
    const match = { last4: card.slice(-4), operation: 'charge' };
    for (const fault of faults) this.#armed.push(await this.bank.arm({ match, label: 'tender trigger', ...fault }));
  }

  /** Arms a fault that meets whoever comes; it is taken away when the scenario is over. */
  async armForAll(fault: Fault): Promise<void> {
    this.#armed.push(await this.bank.arm({ label: 'tender trigger', ...fault }));
  }

  /** Is done when the scenario is over, however it ended. */
  atEnd(work: () => Promise<unknown>): void {
    this.#ends.push(work);
  }

  /** Banks are asked as if for the first time: cards that were declined too often, or closed, would not be asked about at all. */
  async forgetsDeclines(): Promise<void> {
    await this.tender.testMode.resetCards();
    this.stage.say('What banks have said about the test cards of this account was forgotten first.');
  }

  /** Leaves nothing armed or open behind. */
  async over(): Promise<void> {
    await this.bank.comesBack();
    const left = new Set((await this.bank.faults()).map(({ id }) => id));
    for (const id of this.#armed) if (left.has(id)) await this.bank.disarm(id);
    for (const end of this.#ends) await end();
  }
}

/** A card that nobody used yet and every bank approves: one of ten million, so that faults can be armed for it alone. */
export function newCard(random: () => number): string {
  const free = String(Math.floor(random() * 10_000_000)).padStart(7, '0');
  const payload = `40000094${free}`;
  return payload + luhnDigit(payload);
}

function addressOf(session: PaymentSession): string {
  if (session.session_url === undefined) throw new Error(`${session.id} has no page.`);
  return session.session_url;
}

function refusedAside(page: Page): Page {
  if (page.status < 400) return page;
  throw new NotReached(`The payment page answered ${page.status} (${page.state}).`);
}
