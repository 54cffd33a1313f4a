/**
 * Every fault of the processor that a capture, void or refund can meet: never two movements, never failed though moved, and
 * everything known once the processor answers again. All of them happen in one world at once; the tests judge what became of each.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import type { BookRow } from '../support/sandbox-control.ts';
import { bankCatchesUp } from './bank.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';
import { type Charged, SeriesOf, step } from './races-steps.ts';

type Kind = 'capture' | 'void' | 'refund';

interface Fault {
  kind: string;
  params?: Record<string, unknown>;
  /** The answer is lost as well: what is told or found later is all there is. */
  answerLost?: true;
}

/** What is known when the step was asked for, when the fault has had its time, and when the processor is well again. */
interface Course {
  fault: Fault;
  /** The processor moves the money. */
  moves: boolean;
  /** The end is known with the answer to the call itself. */
  knownAtOnce?: true;
  /** People are told that the answer made no sense. */
  review?: true;
  /** Not to be learned while the fault lasts: it stands in the review list with its evidence. */
  hidden?: true;
}

/** The answer does not come, or comes broken. */
const UNREADABLE: Course[] = [
  { fault: { kind: 'answer_lost' }, moves: true },
  { fault: { kind: 'http_500_after_charge' }, moves: true },
  { fault: { kind: 'http_502_page' }, moves: true },
  { fault: { kind: 'reset_mid_answer' }, moves: true },
  { fault: { kind: 'silent', params: { charged: true } }, moves: true },
  { fault: { kind: 'slow' }, moves: true },
  { fault: { kind: 'drip' }, moves: true },
  { fault: { kind: 'truncated' }, moves: true, review: true },
  { fault: { kind: 'malformed' }, moves: true, review: true },
  { fault: { kind: 'oversized' }, moves: true, review: true },
  { fault: { kind: 'redirect' }, moves: true, review: true },
];

/** The answer is whole and untrue. What it says of the charge beside the step itself is not asked for. */
const LIES: Course[] = [
  { fault: { kind: 'wrong_amount' }, moves: true, review: true },
  { fault: { kind: 'wrong_currency' }, moves: true, review: true },
  { fault: { kind: 'wrong_reference' }, moves: true, review: true },
  { fault: { kind: 'other_charge' }, moves: true, review: true },
  { fault: { kind: 'missing_field' }, moves: true, review: true },
  { fault: { kind: 'wrong_status' }, moves: true, knownAtOnce: true },
];

/** Nothing moves. */
const NOTHING: Course[] = [
  { fault: { kind: 'reset_request' }, moves: false },
  { fault: { kind: 'silent' }, moves: false },
  { fault: { kind: 'timeout_before' }, moves: false },
  { fault: { kind: 'http_500_before' }, moves: false },
  { fault: { kind: 'http_503_before' }, moves: false },
  { fault: { kind: 'rate_limited' }, moves: false, knownAtOnce: true },
  { fault: { kind: 'refuse_step' }, moves: false, knownAtOnce: true },
];

/** The answer is lost, and then look-ups do not tell the truth. */
const LOOKUPS: Course[] = [
  { fault: { kind: 'not_found_for', params: { s: 7_200 }, answerLost: true }, moves: true, review: true },
  { fault: { kind: 'forgets', answerLost: true }, moves: true, review: true, hidden: true },
  { fault: { kind: 'lookup_error', answerLost: true }, moves: true, review: true, hidden: true },
  { fault: { kind: 'lookup_stale', params: { s: 7_200 }, answerLost: true }, moves: true, review: true },
  { fault: { kind: 'lookup_contradicts', answerLost: true }, moves: true },
];

const NOTICES = [
  'duplicate_notification',
  'late_notification',
  'lost_notification',
  'reordered',
  'contradictory_notification',
  'wrong_amount_notification',
  'unknown_notification',
  'forged_notification',
  'old_notification',
  'malformed_notification',
];
const TOLD: Course[] = NOTICES.flatMap((kind): Course[] => [
  { fault: { kind }, moves: true, knownAtOnce: true },
  { fault: { kind, answerLost: true }, moves: true },
]);

const COURSES = [...UNREADABLE, ...LIES, ...NOTHING, ...LOOKUPS, ...TOLD];
const KINDS: Kind[] = ['capture', 'void', 'refund'];
const ASKED: Record<Kind, { path: string; body: Record<string, unknown>; status: number }> = {
  capture: { path: 'captures', body: { amount: 6_000 }, status: 200 },
  void: { path: 'voids', body: {}, status: 200 },
  refund: { path: 'refunds', body: { amount: 6_000 }, status: 201 },
};

interface Case extends Course {
  step: Kind;
  given: Charged;
  /** Status of the attempt: after the answer, while the fault lasts, in the end. */
  attempts: string[];
  listed: boolean;
  evidence: number;
  reviews: number;
  rows: BookRow[];
}

/** These are known by nothing but the time they take. */
const SLOW = new Set(['silent', 'slow', 'drip', 'timeout_before']);
let limits: { totalTimeoutMs?: number } = {};
let app: TestApp;
let cases: Case[] = [];
const payments = new SeriesOf();

before(async () => {
  app = await testApp({ wrapSend: (send) => (request) => send({ ...request, ...limits }) });
  await payments.base(app);
  for (const kind of KINDS) for (const course of COURSES) cases.push(await begun(course, kind));
  // A silent processor costs a second instead of 25, and all of them the same one.
  limits = { totalTimeoutMs: 1_000 };
  await Promise.all(cases.filter(({ fault }) => SLOW.has(fault.kind)).map(asked));
  limits = {};
  for (const one of cases.filter(({ fault }) => !SLOW.has(fault.kind))) await asked(one);
  await noted();
  await timePasses();
  await noted();
  await listed();
  await app.control.calm();
  for (let n = 0; n < 3; n++) {
    app.clock.advance(DAY);
    await bankCatchesUp(app);
    await untilQuiet(app);
  }
  await noted();
  await judged();
});
after(() => app.close());

async function begun(course: Course, kind: Kind): Promise<Case> {
  const given = kind === 'refund' ? await payments.paid(app) : await payments.reserved(app, 1_000);
  const about = { reference: given.payment };
  const { fault } = course;
  const isLookup = fault.answerLost && !NOTICES.includes(fault.kind);
  const match = isLookup ? { ...about, operation: 'lookup' } : { ...about, operation: kind };
  const times = isLookup || NOTICES.includes(fault.kind) ? 1_000 : 1;
  await app.control.arm({ kind: fault.kind, params: fault.params ?? {}, match, times });
  if (fault.answerLost) await app.control.arm({ kind: 'answer_lost', match: { ...about, operation: kind } });
  if (!NOTICES.includes(fault.kind)) await app.control.arm({ kind: 'lost_notification', match: about, times: 1_000 });
  return { ...course, step: kind, given, attempts: [], listed: false, evidence: 0, reviews: 0, rows: [] };
}

async function asked({ step: kind, given }: Case): Promise<void> {
  const { path, body, status } = ASKED[kind];
  const reply = await step(app, given, path, body);
  assert.equal(reply.status, status, reply.text);
}

/** Nine days: every question of the schedule is asked while the fault lasts. */
async function timePasses(): Promise<void> {
  const first = [3 * SECOND, 11 * SECOND, 31 * SECOND, MINUTE, MINUTE, 2 * MINUTE, 11 * MINUTE, 2 * HOUR, 7 * HOUR];
  for (const ms of [...first, ...Array(9).fill(DAY)]) {
    app.clock.advance(ms);
    await bankCatchesUp(app);
    await app.runDue();
  }
}

async function noted(): Promise<void> {
  const rows = await app.database.query<{ payment_id: string; status: string; evidence: number }>(
    `select payment_id, status, coalesce(json_array_length(evidence), 0) as evidence from attempts
     where kind in ('capture', 'void', 'refund') order by id`,
  );
  for (const one of cases) {
    const last = rows.findLast((row) => row.payment_id === one.given.payment);
    one.attempts.push(last?.status ?? 'none');
    one.evidence = Math.max(one.evidence, last?.evidence ?? 0);
  }
}

async function listed(): Promise<void> {
  const found = new Set<string>();
  let cursor = '';
  do {
    const page = await app.merchant.call('GET', `/collect/payments?review=needed&limit=100${cursor}`);
    for (const payment of page.body.data as Json[]) if (payment.review.evidence.length > 0) found.add(payment.id);
    cursor = page.headers.has('next-cursor') ? `&cursor=${page.headers.get('next-cursor')}` : '';
  } while (cursor !== '');
  for (const one of cases) one.listed = found.has(one.given.payment);
}

async function judged(): Promise<void> {
  const book = await app.control.book();
  const events = await app.database.query<{ object_id: string; n: number }>(
    `select object_id, count(*)::int as n from events where type = 'payment.review_needed' group by 1`,
  );
  for (const one of cases) {
    one.reviews = events.find((row) => row.object_id === one.given.payment)?.n ?? 0;
    one.rows = book.filter((row) => row.reference === one.given.payment && row.kind === one.step);
  }
}

for (const kind of KINDS) {
  for (const course of COURSES) {
    const { fault } = course;
    const name = `${kind}, ${fault.kind}${fault.answerLost ? ' and the answer lost' : ''}`;
    test(`${name}: at most one movement, nothing failed that moved, known in the end`, () => {
      const one = cases.find((each) => each.step === kind && each.fault === fault)!;
      // The first capture of 1000 was made before.
      const made = one.rows.filter((row) => row.amount !== 1_000);
      assert.ok(
        made.every((row) => row.arrivals === 1),
        'sent once',
      );
      assert.equal(made.filter((row) => row.state === 'approved').length, course.moves ? 1 : 0, 'movements');
      const [first, meanwhile, last] = one.attempts;
      const end = course.moves ? 'succeeded' : 'declined';
      const known = course.knownAtOnce ? [end] : ['unknown', ...(NOTICES.includes(fault.kind) ? [end] : [])];
      assert.ok(known.includes(first!), `after the answer: ${first}`);
      assert.equal(meanwhile, course.hidden ? 'unknown' : end, 'while the fault lasts');
      assert.equal(last, end, 'in the end');
      assert.equal(one.reviews, course.review ? 1 : 0, 'payment.review_needed');
      assert.equal(one.listed, course.hidden === true, 'in the review list');
      if (course.review) assert.ok(one.evidence > 0, 'with evidence');
    });
  }
}

test('after all faults every invariant holds, and the processor’s book is ours', async () => {
  console.table(
    cases.map(({ step: kind, fault, attempts, reviews, listed: inList, rows }) => ({
      step: kind,
      fault: `${fault.kind}${fault.answerLost ? ', answer lost' : ''}`,
      told: attempts.join(' → '),
      reviews,
      inList,
      movements: rows.filter((row) => row.state === 'approved' && row.amount !== 1_000).length,
    })),
  );
  await assertSound(app);
  cases = [];
});
