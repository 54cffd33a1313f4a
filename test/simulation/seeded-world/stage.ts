/**
 * Where a seeded world plays: Tender whole, its processor, and everything that can be done to them from outside: faults armed,
 * the processor out of reach, notifications held back, time moved, the process stopped at a chosen moment and started again.
 */
import { createHash } from 'node:crypto';
import { credentialsOf } from '../../../src/app/processor-access.ts';
import { must } from '../../../src/lib/assert.ts';
import { SECOND } from '../../../src/lib/time.ts';
import type { Outbound, OutboundRequest, OutboundResult } from '../../../src/system.ts';
import { type TestApp, type TestAppOptions, testApp } from '../../support/app.ts';
import { BreakingPoint, type Moment } from '../breaking-point.ts';
import type { Draws } from './draws.ts';
import { type PostMode, PostRoom } from './post-room.ts';

export interface Fault {
  kind: string;
  params?: Record<string, unknown>;
  match?: Record<string, unknown>;
  times?: number;
}

const FIRST_DAY_MS = Date.UTC(2026, 0, 5);
const DAYS_TO_START_IN = 300;

export class Stage {
  app!: TestApp;
  readonly point = new BreakingPoint();
  readonly #post: PostRoom;
  #options: TestAppOptions = {};
  #moment: Moment | undefined;
  #bank: { url: string; key: string } | undefined;
  /** Calls that asked the processor to move money, since the world began. */
  posts = 0;
  /** Calls to the processor of any kind. */
  calls = 0;
  /** The processor cannot be reached. */
  bankIsDown = false;
  /** A kind of armed fault that leaves its caller without an answer for ever. */
  silence: string | undefined;
  /** Nothing was told to anybody since the notifications were last let through. */
  #quiet = true;

  private constructor(post: PostRoom) {
    this.#post = post;
  }

  static async open(draws: Draws): Promise<Stage> {
    const stage = new Stage(await PostRoom.open());
    const { point } = stage;
    const random = draws.fork('bytes');
    stage.#options = {
      watch: point.watch,
      wrapSend: (send) => point.wrapSend(stage.#between(send)),
      startsAtMs: FIRST_DAY_MS + draws.below(DAYS_TO_START_IN * 86_400) * SECOND,
      random: (count) => random.bytes(count),
      // What falls due at the processor happens when its clock is moved, never because real time passed.
      sandboxWith: { seed: createHash('sha256').update(draws.bytes(16)).digest('hex'), timer: () => () => undefined },
      notifyUrl: stage.#post.url,
    };
    stage.app = await testApp(stage.#options);
    stage.#post.to = stage.app.url;
    return stage;
  }

  /** The process stops at this moment of what comes next, or stumbles there. */
  breakAt(moment: Moment): void {
    this.#moment = moment;
    this.point.arm(moment);
  }

  /** True once the process has stopped: what it may still seem to answer has reached nobody. */
  get isDead(): boolean {
    return this.#moment?.how === 'crash' && this.point.fired;
  }

  /** The chosen moment is over, whether it came or not. */
  mend(): void {
    this.#moment = undefined;
    this.point.disarm();
  }

  /** The process is gone and a new one takes over: same address, same database, same processor, a second later. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.app.url).port);
    await this.app.stop();
    this.mend();
    this.point.fired = false;
    // A new process finds the processor where it was: the time it could not be reached in ended with the old one.
    this.bankIsDown = false;
    this.app.clock.advance(SECOND);
    this.app = await testApp({ ...this.#options, on: this.app, port });
  }

  async close(): Promise<void> {
    await this.#post.close();
    await this.app.close();
  }

  /** Arms a fault; the answered function takes back what has not fired. */
  async arm(fault: Fault): Promise<() => Promise<void>> {
    const answer = await this.#control('POST', '/control/faults', fault);
    const { id } = (await answer.json()) as { id: string };
    if (!answer.ok) throw new Error(`arming ${JSON.stringify(fault)} answered ${answer.status}`);
    return async () => {
      await (await this.#control('DELETE', `/control/faults/${id}`)).arrayBuffer();
    };
  }

  /** How often armed faults of this kind have met a call. */
  async fired(kind: string): Promise<number> {
    const answer = await this.#control('GET', '/control/faults');
    const { data } = (await answer.json()) as { data: { kind: string; fired: number }[] };
    return data.filter((fault) => fault.kind === kind).reduce((sum, fault) => sum + fault.fired, 0);
  }

  /** Something happened at the processor that it will tell of. */
  stir(): void {
    this.#quiet = false;
  }

  /** Lets the processor tell what it has to tell now, and waits until it has. */
  async notices(mode: Exclude<PostMode, 'hold'>): Promise<void> {
    if (this.#quiet) return;
    await this.#advanceBank(0, mode);
    this.#quiet = true;
  }

  /** The processor's clock follows; what falls due there happens and is told. */
  async bankCatchesUp(mode: Exclude<PostMode, 'hold'>): Promise<void> {
    await this.#advanceBank(this.app.clock.now(), mode);
  }

  async #advanceBank(toMs: number, mode: Exclude<PostMode, 'hold'>): Promise<void> {
    this.#bank ??= await this.#account();
    this.#post.turn(mode);
    const answer = await fetch(`${this.#bank.url}/v1/clock`, {
      method: 'POST',
      headers: { 'merchant-key': this.#bank.key, 'content-type': 'application/json' },
      body: JSON.stringify({ to: new Date(toMs).toISOString() }),
    });
    const text = await answer.text();
    this.#post.turn('hold');
    if (!answer.ok) throw new Error(`the bank's clock answered ${answer.status}: ${text}`);
  }

  async #account(): Promise<{ url: string; key: string }> {
    const tenant = must(await this.app.program.identities.tenant(this.app.tenantId), 'the tenant of the world');
    const { base_url: url = '', merchant_key: key = '' } = await credentialsOf(this.app.program.app, tenant);
    return { url, key };
  }

  #control(method: string, path: string, body?: unknown): Promise<Response> {
    const { url, controlKey } = this.app.sandbox;
    return fetch(url + path, {
      method,
      headers: { 'control-key': controlKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #between(send: Outbound): Outbound {
    return async (request) => {
      this.calls += 1;
      if (this.bankIsDown) return { kind: 'not_sent', why: 'connect_refused', detail: 'out of reach', latencyMs: 1 };
      if (request.method === 'POST') this.posts += 1;
      this.#quiet = false;
      return this.silence === undefined ? send(request) : this.#untilSilent(send, request, this.silence);
    };
  }

  /** A caller's patience is real time; here it ends as soon as it is certain that no answer comes. */
  async #untilSilent(send: Outbound, request: OutboundRequest, kind: string): Promise<OutboundResult> {
    const before = await this.fired(kind);
    const patience = new AbortController();
    let answered = false;
    const answer = send({ ...request, signal: patience.signal }).finally(() => {
      answered = true;
    });
    while (!answered && (await this.fired(kind)) === before) await new Promise(setImmediate);
    patience.abort();
    return answer;
  }
}
