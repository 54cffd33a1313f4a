/** What nobody does: time passes, workers run or do not, notifications go astray, and clients ask the same once more. */
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/time.ts';
import { LOOKUP_FAULTS } from './fates.ts';
import type { Step } from './steps.ts';
import { inShort } from './world.ts';

const SPANS = [
  { weight: 12, name: '3 s', ms: 3 * SECOND },
  { weight: 10, name: '15 s', ms: 15 * SECOND },
  { weight: 10, name: '40 s', ms: 40 * SECOND },
  { weight: 10, name: '2 min', ms: 2 * MINUTE },
  { weight: 8, name: '11 min', ms: 11 * MINUTE },
  { weight: 4, name: '1 h', ms: HOUR },
  { weight: 2, name: '7 h', ms: 7 * HOUR },
  { weight: 2, name: '25 h', ms: 25 * HOUR },
  { weight: 1, name: '3 days', ms: 3 * DAY },
  { weight: 1, name: '8 days', ms: 8 * DAY },
] as const;

const wait: Step = {
  name: 'wait',
  weight: 24,
  async run(world) {
    const { draws, stage } = world;
    const span = draws.weighted(SPANS);
    const bank = draws.chance(0.85);
    // No worker for a moment is a matter of luck, for hours it is no system.
    const works = draws.chance(0.85) || span.ms > HOUR;
    const heard = draws.chance(0.9);
    for (const ms of hopsOf(span.ms)) {
      stage.app.clock.advance(ms);
      if (bank) await stage.bankCatchesUp(heard ? 'deliver' : 'refuse');
      if (works) await stage.app.runDue();
    }
    const missed = [
      bank ? '' : ', the bank is behind',
      heard ? '' : ', nothing it says is heard',
      works ? '' : ', no worker runs',
    ];
    return `waits ${span.name}${missed.join('')}`;
  },
};

/** Hours do not pass in one moment: what is asked about within minutes is asked before they are over. */
function hopsOf(ms: number): number[] {
  const early = [MINUTE, 3 * MINUTE, 10 * MINUTE];
  const spent = early.reduce((sum, one) => sum + one, 0);
  return ms < HOUR ? [ms] : [...early, ms - spent];
}

const askAgain: Step = {
  name: 'ask again',
  weight: 6,
  async run(world) {
    const { unanswered } = world;
    if (unanswered.length === 0) return undefined;
    const asked = world.draws.pick(unanswered);
    const reply = await world.ask(asked);
    return `asks again: ${asked.what} → ${inShort(reply)}`;
  },
};

const replay: Step = {
  name: 'replay',
  weight: 5,
  async run(world) {
    if (world.answered.length === 0) return undefined;
    const first = world.draws.pick(world.answered);
    const { method, path, body, key } = first;
    const before = world.stage.posts;
    const reply = await world.once(method, path, { body, key });
    if (reply === undefined) return `repeats: ${first.what} → no answer`;
    const same = reply.status === first.status && reply.text === first.text;
    world.must(same, `repeats: ${first.what}: was ${first.status} ${first.text}, is ${reply.status} ${reply.text}`);
    world.must(reply.headers.get('idempotent-replayed') === 'true', `repeats: ${first.what}: not said to be a replay`);
    world.must(world.stage.posts === before, `repeats: ${first.what}: the processor was called`);
    return `repeats: ${first.what} → ${same ? 'the same bytes' : 'something else'}`;
  },
};

const reuse: Step = {
  name: 'reuse a key',
  weight: 2,
  async run(world) {
    if (world.answered.length === 0) return undefined;
    const first = world.draws.pick(world.answered);
    const before = world.stage.posts;
    const other = { body: { amount: 77, currency: 'ZAR', description: 'another' }, key: first.key };
    const reply = await world.once('POST', '/collect/payment_sessions', other);
    if (reply === undefined) return `sends something else under the key of: ${first.what} → no answer`;
    const refused = reply.status === 422 && reply.body.code === 'idempotency_key_reused';
    world.must(refused && world.stage.posts === before, `a used key with another body answered ${inShort(reply)}`);
    return `sends something else under the key of: ${first.what} → ${inShort(reply)}`;
  },
};

const troubleLookups: Step = {
  name: 'trouble look-ups',
  weight: 4,
  async run(world) {
    const asked = world.now.open.filter((one) => one.status !== 'action_required');
    if (asked.length === 0) return undefined;
    const attempt = world.draws.pick(asked);
    const { weight: _, ...fault } = world.draws.weighted(LOOKUP_FAULTS);
    await world.stage.arm({ ...fault, match: { request_key: attempt.request_key } });
    return `the bank will have trouble finding the ${attempt.kind} of ${world.names.of('session', attempt.session_id)}: ${fault.kind}`;
  },
};

export const WORLD_STEPS: readonly Step[] = [wait, askAgain, replay, reuse, troubleLookups];
