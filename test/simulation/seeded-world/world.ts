/** What the steps of a seeded world share: the stage, the chance, what stands, and what the merchant and payers remember. */
import type { Json, Reply } from '../../support/merchant.ts';
import type { Payer } from '../../support/payer.ts';
import type { Draws } from './draws.ts';
import { Model } from './model.ts';
import { look, Names, type SeenPayment, type SeenSession, type Standing } from './sight.ts';
import type { Stage } from './stage.ts';

export interface Asked {
  method: string;
  path: string;
  body: unknown;
  key: string;
  /** In the words of the trace. */
  what: string;
}

/** A request that got its whole answer. */
export interface Answered extends Asked {
  status: number;
  text: string;
}

/** Its answer is forgotten by design when it is one of these: the key stays free. */
const NOT_REMEMBERED = new Set([400, 401, 403, 413, 415, 429, 500, 503]);

export class World {
  readonly names = new Names();
  readonly model = new Model(this.names);
  now: Standing = { sessions: [], payments: [], attempts: [], open: [], refunds: [], mandates: [], customers: [] };
  /** Requests whose answer must stay the same for ever. */
  readonly answered: Answered[] = [];
  /** Requests whose answer never came: a client asks again with the same key. */
  unanswered: Asked[] = [];
  /** What is wrong, in sentences. */
  readonly broken: string[] = [];
  /** By session: how refunds end on its card, where that is known. */
  readonly refundsEnd = new Map<string, 'well' | 'otherwise'>();
  readonly #payers = new Map<string, Payer>();
  #keys = 0;

  readonly stage: Stage;
  readonly draws: Draws;

  constructor(stage: Stage, draws: Draws) {
    this.stage = stage;
    this.draws = draws;
  }

  async look(): Promise<void> {
    this.now = await look(this.stage.app);
  }

  /** The browser that always opens this session's page. */
  payer(session: { id: string }): Payer {
    let payer = this.#payers.get(session.id);
    if (payer === undefined) {
      payer = this.stage.app.payer.another();
      this.#payers.set(session.id, payer);
    }
    return payer;
  }

  /** A POST of the merchant with a key of its own; its answer is remembered as the client would. */
  post(path: string, body: unknown, what: string): Promise<Reply<Json> | undefined> {
    return this.ask({ method: 'POST', path, body, key: this.key(), what });
  }

  /** A key nobody used before. */
  key(): string {
    this.#keys += 1;
    return `key-${this.#keys}`;
  }

  /** A call that nobody repeats. Undefined: no answer came. */
  async once(
    method: string,
    path: string,
    sent: { body?: unknown; key?: string } = {},
  ): Promise<Reply<Json> | undefined> {
    const { stage } = this;
    const options = sent.key === undefined ? {} : { key: sent.key };
    const reply = await stage.app.merchant.call(method, path, sent.body, options).catch((error: unknown) => {
      if (!stage.point.fired) throw error;
    });
    if (reply === undefined || stage.isDead || (reply.status >= 500 && stage.point.fired)) return undefined;
    this.must(reply.status < 500, `${method} ${path}: answered ${reply.status} ${reply.text}`);
    return reply;
  }

  /** Asks, perhaps again. Undefined: no answer came. */
  async ask(asked: Asked): Promise<Reply<Json> | undefined> {
    const { method, path, body, key } = asked;
    const reply = await this.stage.app.merchant.call(method, path, body, { key }).catch((error: unknown) => {
      if (!this.stage.point.fired) throw error;
    });
    this.unanswered = this.unanswered.filter((one) => one.key !== key);
    const { stage } = this;
    if (reply === undefined || stage.isDead || reply.status >= 500) {
      if (reply !== undefined && !stage.point.fired)
        this.broken.push(`${asked.what}: answered ${reply.status} ${reply.text}`);
      this.unanswered.push(asked);
      return undefined;
    }
    if (!NOT_REMEMBERED.has(reply.status) && reply.body.code !== 'idempotency_in_progress')
      this.answered.push({ ...asked, status: reply.status, text: reply.text });
    return reply;
  }

  name(session: { id: string }): string {
    return this.names.of('session', session.id);
  }

  payment(session: SeenSession): SeenPayment | undefined {
    return this.now.payments.find((one) => one.session_id === session.id);
  }

  open(session: { id: string }): Standing['open'] {
    return this.now.open.filter((one) => one.session_id === session.id);
  }

  /** Wrong unless `holds`. */
  must(holds: boolean, sentence: string): void {
    if (!holds) this.broken.push(sentence);
  }
}

/** Status and the word that explains it. */
export function inShort(reply: Reply<Json> | undefined): string {
  if (reply === undefined) return 'no answer';
  const { status, body } = reply;
  return body.code === undefined ? String(status) : `${status} ${body.code}`;
}
