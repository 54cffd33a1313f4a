/** When a declined due date is tried again: the worked examples, walked try by try in local time, and each rule at its border. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conclude, type DeclineCode, followUp, type NetworkAnswer } from '../../src/domain/decline.ts';
import { type Answered, type DunningFacts, NO_TRIES, nextAfterUnsent, nextTry } from '../../src/domain/dunning.ts';
import { addDays, instantOf, localDateOf, localTimeOf } from '../../src/lib/calendar.ts';
import { DAY, HOUR, MINUTE, plus, type Timestamp } from '../../src/lib/time.ts';

const ZONE = 'Africa/Johannesburg';
const local = (date: string, time = '00:00') => instantOf(date, time, ZONE);
const shown = (at: Timestamp) => `${localDateOf(at, ZONE)} ${localTimeOf(at, ZONE)}`;

const code = (name: DeclineCode): Answered => followUp(name);
const mastercard = (response: string, advice?: string): Answered =>
  conclude({ network: 'mastercard', response, advice, on: '2026-02-01' } satisfies NetworkAnswer);

interface Walk {
  /** The last one is given to every further try. */
  answers: readonly (Answered | 'paid')[];
  nextDueAt?: Timestamp;
  endsAt?: Timestamp;
  retry?: DunningFacts['retry'];
  retryDays?: readonly number[];
  /** How long after its time each try is made. */
  lateMs?: number;
}

/** The local times of every try of the due date 1 February. */
function tries({ answers, nextDueAt, lateMs = 0, retryDays = [1, 3, 5, 7], ...more }: Walk): string[] {
  const made: string[] = [];
  let at: Timestamp | undefined = local('2026-02-01');
  let state = NO_TRIES;
  for (let attempts = 1; at !== undefined && attempts < 20; attempts++) {
    const then = plus(at, lateMs);
    made.push(shown(then));
    const answer = answers[Math.min(attempts, answers.length) - 1]!;
    if (answer === 'paid') break;
    const facts: DunningFacts = {
      ...{ dueDate: '2026-02-01', scheduledTime: '00:00', timeZone: ZONE, retryDays, attempts, state },
      nextDueAt: nextDueAt ?? local('2026-03-01'),
      ...more,
    };
    const next = nextTry(answer, facts, then);
    ({ at, state } = { at: next.at, state: next.state });
  }
  return made;
}

/** `1`: the first of February at midnight; with a time where it is another. */
const february = (...days: (number | string)[]) =>
  days.map((day) => (typeof day === 'number' ? `2026-02-${String(day).padStart(2, '0')} 00:00` : `2026-02-${day}`));

const EXAMPLES: readonly [string, Walk, string[]][] = [
  ['F1 insufficient_funds always', { answers: [code('insufficient_funds')] }, february(1, 2, 4, 6, 8)],
  ['F2 issuer_not_available always', { answers: [code('issuer_not_available')] }, february(1, '01 01:00', 2, 4, 6, 8)],
  ['F3 do_not_honor always', { answers: [code('do_not_honor')] }, february(1, 4, 6)],
  ['F4 51 with advice 27, then 51 bare', { answers: [mastercard('51', '27'), mastercard('51')] }, february(1, 6, 8)],
  ['F5 51 with advice 30', { answers: [mastercard('51', '30'), 'paid'] }, february(1, 11)],
  ['F5 and 51 bare after it', { answers: [mastercard('51', '30'), mastercard('51')] }, february(1, 11)],
  ['F6 lost_card', { answers: [code('lost_card')] }, february(1)],
  ['F7 revocation_of_authorization', { answers: [code('revocation_of_authorization')] }, february(1)],
  ['F7 authentication_required', { answers: [code('authentication_required')] }, february(1)],
  [
    'F8 daily: insufficient_funds',
    { answers: [code('insufficient_funds')], nextDueAt: local('2026-02-02') },
    february(1),
  ],
  [
    'F8 daily: processing_error',
    { answers: [code('processing_error')], nextDueAt: local('2026-02-02') },
    february(1, '01 01:00'),
  ],
];

for (const [name, walk, expected] of EXAMPLES) {
  test(`${name}: tries on ${expected.map((at) => at.slice(8).replace(' 00:00', '')).join(', ')} February`, () => {
    assert.deepEqual(tries(walk), expected);
  });
}

test('a try that is made some seconds late moves the next by those seconds, and none is lost', () => {
  const late = tries({ answers: [code('insufficient_funds')], lateMs: 5 * MINUTE });
  assert.deepEqual(
    late.map((at) => at.slice(8, 10)),
    ['01', '02', '04', '06', '08'],
  );
});

test('a retry day an hour before the earliest moment moves to it; one a minute earlier does not', () => {
  const facts: DunningFacts = {
    ...{
      dueDate: '2026-02-01',
      scheduledTime: '00:00',
      timeZone: ZONE,
      retryDays: [1, 3],
      attempts: 1,
      state: NO_TRIES,
    },
    nextDueAt: local('2026-03-01'),
  };
  const after = (time: string) => nextTry(code('insufficient_funds'), facts, local('2026-02-01', time)).at;
  assert.equal(after('01:00'), local('2026-02-02', '01:00'));
  assert.equal(after('01:01'), local('2026-02-04'));
});

test('no more tries than the mandate allows, and none sooner than its hours', () => {
  const answers = [code('insufficient_funds')];
  assert.deepEqual(tries({ answers, retry: { maxAttempts: 3 } }), february(1, 2, 4));
  assert.deepEqual(tries({ answers, retry: { maxAttempts: 1 } }), february(1));
  assert.deepEqual(tries({ answers, retry: { minIntervalHours: 72 } }), february(1, 4, 8));
  const technical = [code('processing_error')];
  assert.deepEqual(tries({ answers: technical, retry: { minIntervalHours: 2 } }), february(1, '01 02:00', 2, 4, 6, 8));
  assert.deepEqual(tries({ answers: technical, retry: { minIntervalHours: 3 } }), february(1, 2, 4, 6, 8));
});

test('a try lies before the next due date and before the end', () => {
  const answers = [code('insufficient_funds')];
  assert.deepEqual(tries({ answers, nextDueAt: local('2026-02-06') }), february(1, 2, 4));
  assert.deepEqual(tries({ answers, endsAt: local('2026-02-04', '00:01') }), february(1, 2, 4));
  assert.deepEqual(tries({ answers, endsAt: local('2026-02-04') }), february(1, 2));
  assert.deepEqual(tries({ answers: [mastercard('51', '30')], endsAt: local('2026-02-11') }), february(1));
});

test('without retry days only an hour later, or what a network asks for, is left', () => {
  const retryDays: number[] = [];
  assert.deepEqual(tries({ answers: [code('insufficient_funds')], retryDays }), february(1));
  assert.deepEqual(tries({ answers: [code('reenter_transaction')], retryDays }), february(1, '01 01:00'));
  assert.deepEqual(tries({ answers: [mastercard('51', '02'), 'paid'], retryDays }), february(1, 4));
});

test('after two retries that follow answers without a reason, no further one does', () => {
  const answers = [code('do_not_honor'), code('insufficient_funds'), code('do_not_honor'), code('do_not_honor')];
  assert.deepEqual(tries({ answers }), february(1, 4, 6, 8));
});

test('a soft code with advice to stop is not tried again', () => {
  for (const advice of ['01', '03', '04', '21', '22', '40', '41', '42', '99'])
    assert.deepEqual(tries({ answers: [mastercard('51', advice)] }), february(1), `advice ${advice}`);
});

test('what the merchant or only the payer can mend is not tried again', () => {
  for (const name of ['duplicate_transaction', 'format_error', 'expired_card', 'fraudulent', 'not_supported'] as const)
    assert.deepEqual(tries({ answers: [code(name)] }), february(1), name);
});

test('an instalment that is taken up again has its retry days count from that day', () => {
  const facts: DunningFacts = {
    ...{ dueDate: '2026-02-01', scheduledTime: '00:00', timeZone: ZONE, retryDays: [1, 3], attempts: 5 },
    state: { tries: 5, spaced: 0, from: '2026-03-01' },
    nextDueAt: local('2026-04-01'),
  };
  assert.equal(nextTry(code('insufficient_funds'), facts, local('2026-03-01')).at, local('2026-03-02'));
});

test('the hour and the day are local: the time of day of a retry survives a change of clocks', () => {
  const zone = 'Europe/Berlin';
  const due = instantOf('2026-03-28', '10:00', zone);
  const facts: DunningFacts = {
    ...{
      dueDate: '2026-03-28',
      scheduledTime: '10:00',
      timeZone: zone,
      retryDays: [1, 2],
      attempts: 1,
      state: NO_TRIES,
    },
  };
  // The night has 23 hours: the day after falls an hour short of 24, and moves to it.
  const next = nextTry(code('insufficient_funds'), facts, due).at as Timestamp;
  assert.equal(next, plus(due, DAY));
  assert.equal(localTimeOf(next, zone), '11:00');
  assert.equal(localDateOf(next, zone), addDays('2026-03-28', 1));
});

test('a processor out of reach is tried after 15 minutes, 30 minutes and then hourly, for a day', () => {
  const began = local('2026-02-01');
  let at: Timestamp | undefined = began;
  let state = NO_TRIES;
  const waits: number[] = [];
  while (at !== undefined && waits.length < 50) {
    const next = nextAfterUnsent(state, at);
    if (next.at !== undefined) waits.push((next.at - at) / MINUTE);
    ({ at, state } = { at: next.at, state: next.state });
  }
  assert.deepEqual(waits.slice(0, 4), [15, 30, 60, 60]);
  const lastedMs = waits.reduce((sum, wait) => sum + wait * MINUTE, 0);
  assert.ok(lastedMs >= DAY && lastedMs < DAY + HOUR, `${lastedMs}`);
});
