/** How long a merchant's request waits for a processor: a slow bank costs seconds, not a connection. */
import { SECOND } from '../lib/time.ts';
import { finishIdempotencyKey } from '../store/idempotency.ts';
import type { Context } from './context.ts';
import type { Answer, KeyWriter } from './idempotency.ts';
import type { InFlight } from './in-flight.ts';

const ANSWER_WITHIN_MS = 15 * SECOND;

/**
 * The end of an attempt if it comes in time, else the beginning: open, with the end to follow by event. That answer is then
 * kept under the request's key, like any other.
 */
export async function answerInTime<Now extends InFlight>(
  context: Context,
  { key }: KeyWriter,
  attempt: { begun: Now; ended: Promise<Now>; answer(now: Now): Answer },
): Promise<Answer> {
  const { begun, ended } = attempt;
  let callOff = () => {};
  const late = new Promise<undefined>((resolve) => {
    callOff = context.system.clock.timer(ANSWER_WITHIN_MS, () => resolve(undefined));
  });
  try {
    const now = await Promise.race([ended, late]);
    if (now !== undefined) return attempt.answer(now);
  } finally {
    callOff();
  }
  ended.catch((error: unknown) =>
    context.system.log.error(
      { err: error, attempt: begun.attempt.id },
      'recording an outcome failed; the worker will ask',
    ),
  );
  const answer = attempt.answer(begun);
  if (key !== undefined) {
    await context.database.transaction((tx) => finishIdempotencyKey(tx, { tenantId: context.tenant.id, key, answer }));
  }
  return answer;
}
