/**
 * The sweep: a flow is stopped before and after each of its statements and each of its outbound calls, once for good and
 * once as a mere hiccup. Then a new process takes over, time passes, due work is done, and the world must be sound.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { BreakingPoint, type Moment } from './breaking-point.ts';
import { violations } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

export interface Flow<Given = Json> {
  name: string;
  /** Only each so many-th statement and call: for long ones. Default: as the sweep says. */
  every?: number;
  /** Once for the flow: what it builds on. */
  base?(app: TestApp): Promise<Json>;
  /** Before each point, undisturbed. */
  given?(app: TestApp, base: Json): Promise<Given>;
  /** What is disturbed. */
  run(app: TestApp, given: Given, base: Json): Promise<unknown>;
  /** What happens by itself before the world is judged, beside due work: the bank tells again what nobody took. */
  meanwhile?(app: TestApp, given: Given): Promise<void>;
  /** The client's next try after everything is quiet, and what it must find. */
  after?(app: TestApp, given: Given, base: Json): Promise<void>;
}

/** Whatever became of the disturbed try, the session can be paid in the end, once. */
export async function mayStillBePaid(app: TestApp, session: Json): Promise<void> {
  const now = await app.merchant.session(session.id);
  if (now.status === 'active') await app.payer.another().pays(session, cards.approved);
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
}

/**
 * Of a flow that goes the ways of simpler ones, whose every point is tried, a run of the tests takes each third point, with a
 * beginning drawn by chance; `npm run prove` sets TENDER_MOMENTS to `all` and leaves none out.
 */
const THIRD = process.env.TENDER_MOMENTS === 'all' ? 1 : 3;
const FIRST = randomInt(THIRD) + 1;

interface Row {
  flow: string;
  points: number;
  violations: number;
  seconds: number;
}

/** Every point of every flow: one test for each, and a table of all of them at the end. */
export function sweepAll(flows: readonly Flow[]): void {
  sweepEach(flows, 1);
}

/** The same with each third point. */
export function sweepThird(flows: readonly Flow[]): void {
  sweepEach(flows, THIRD);
}

function sweepEach(flows: readonly Flow[], usual: number): void {
  const table: Row[] = [];
  after(() => {
    console.table(table);
  });
  for (const flow of flows) {
    test(`${flow.name}: stopped at any point, the world is sound again`, async () => {
      const row: Row = { flow: flow.name, points: 0, violations: 0, seconds: 0 };
      table.push(row);
      const begun = performance.now();
      const broken = await sweep({ ...flow, every: flow.every ?? usual }, row);
      row.violations = broken.length;
      row.seconds = Math.round((performance.now() - begun) / 100) / 10;
      assert.deepEqual(broken, []);
    });
  }
}

/** Every point of one flow, each on a new session and followed by a new process. */
async function sweep(flow: Flow & { every: number }, row: Row): Promise<string[]> {
  const point = new BreakingPoint();
  const world = { watch: point.watch, wrapSend: point.wrapSend, connections: 2 };
  let app = await testApp(world);
  const broken: string[] = [];
  try {
    const base = (await flow.base?.(app)) ?? {};
    for (const course of courses()) {
      for (let n = Math.min(FIRST, flow.every); ; n += flow.every) {
        const moment: Moment = { ...course, n };
        // Every point uses the same cards: what the brakes counted at the one before is not what is tried here.
        await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
        const given = (await flow.given?.(app, base)) ?? {};
        point.arm(moment);
        await flow.run(app, given, base).catch((error: unknown) => {
          if (!point.fired) throw error;
        });
        if (moment.how === 'crash' && point.fired) {
          await app.stop();
          point.disarm();
          app = await testApp({ ...world, on: app });
        }
        point.disarm();
        await flow.meanwhile?.(app, given);
        const found = await recovered(app, () => flow.after?.(app, given, base));
        broken.push(...found.map((sentence) => `${moment.how} ${moment.when} ${moment.kind} ${n}: ${sentence}`));
        if (!point.fired) break;
        row.points += 1;
      }
      broken.push(...(await violations(app)));
    }
    return broken;
  } finally {
    await app.close();
  }
}

/** What is wrong once everything due is done, and once the client has tried again. */
async function recovered(app: TestApp, tryAgain: () => Promise<void> | undefined): Promise<string[]> {
  await untilQuiet(app);
  const found = await violations(app, { snapshots: false });
  try {
    await tryAgain();
  } catch (error) {
    found.push((error as Error).message);
  }
  await app.runDue();
  return found;
}

function* courses(): Generator<Omit<Moment, 'n'>> {
  for (const how of ['crash', 'blip'] as const)
    for (const kind of ['statement', 'call'] as const)
      for (const when of ['before', 'after'] as const) yield { how, kind, when };
}
