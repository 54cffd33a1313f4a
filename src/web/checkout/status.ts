/** `GET …/status`: tells the script when the true state has changed, at once or within 25 s. */
import type { FastifyReply } from 'fastify';
import type { CheckoutView } from '../../app/checkout-door.ts';
import { MINUTE, toIso } from '../../lib/time.ts';
import { sendFacts } from './answers.ts';
import { isWaiting, stateOf } from './state.ts';
import { type CheckoutRoutes, type Visit, viewFor } from './visit.ts';

const HOLD_MS = 25_000;
/** Above this many held requests the server answers at once and says when to come back. */
const MAX_HELD = 2_000;

export interface HeldPolls {
  /** By session and browser: a browser holds one poll, the newer one ends the older. */
  readonly open: Map<string, AbortController>;
}

/** Ends every held poll, so that the server can close. */
export function releasePolls(polls: HeldPolls): void {
  for (const poll of polls.open.values()) poll.abort();
}

/** Answers `{ state, version, expires_at, poll_after_ms }`; holds the request while the version given is the newest. */
export async function answerStatus(routes: CheckoutRoutes, visit: Visit, polls: HeldPolls): Promise<FastifyReply> {
  const before = await viewFor(routes, visit);
  if (!before) return sendFacts(visit.reply, 404, { state: 'not_found' });
  const { version } = visit.request.query as { version?: string };
  if (version === undefined || version !== String(before.version) || polls.open.size >= MAX_HELD) {
    return answer(visit, before, unheldPauseMs(before));
  }
  const held = await hold(routes, visit, polls, before.version);
  const after = await viewFor(routes, visit);
  if (!after) return sendFacts(visit.reply, 404, { state: 'not_found' });
  return answer(visit, after, held ? 0 : unheldPauseMs(after));
}

function answer(visit: Visit, view: CheckoutView, pollAfterMs: number): FastifyReply {
  return sendFacts(visit.reply, 200, {
    state: stateOf(view),
    version: view.version,
    expires_at: toIso(view.expiresAt),
    poll_after_ms: pollAfterMs,
  });
}

/** True when the poll ran its course, false when a newer one of the same browser took its place. */
async function hold(routes: CheckoutRoutes, visit: Visit, polls: HeldPolls, version: number): Promise<boolean> {
  const key = `${visit.id} ${visit.cookies.browser ?? visit.request.ip}`;
  polls.open.get(key)?.abort();
  const control = new AbortController();
  polls.open.set(key, control);
  const gone = () => control.abort();
  visit.reply.raw.once('close', gone);
  try {
    await routes.door.waitForChange(visit.id, { version, waitMs: HOLD_MS, signal: control.signal });
  } finally {
    visit.reply.raw.off('close', gone);
    if (polls.open.get(key) === control) polls.open.delete(key);
  }
  return !control.signal.aborted;
}

/** 2 s in the first minute of an attempt, 10 s afterwards and on pages where nothing is under way. */
function unheldPauseMs(view: CheckoutView): number {
  const since = 'since' in view.situation ? view.situation.since : view.now - 2 * MINUTE;
  const young = view.situation.kind === 'three_ds' || view.now - since < MINUTE;
  return isWaiting(stateOf(view)) && young ? 2_000 : 10_000;
}
