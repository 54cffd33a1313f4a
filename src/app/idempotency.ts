/**
 * One key, one effect. The key is written in the same transaction as what it protects, so a repeat finds either nothing or
 * everything; the first answer is kept byte for byte.
 */
import { Rejected, type Rejection, reject } from '../domain/errors.ts';
import { plus, SECOND } from '../lib/time.ts';
import { Taken, type Tx } from '../store/database.ts';
import { findIdempotencyKey, type IdempotencyRecord, insertIdempotencyKey } from '../store/idempotency.ts';
import type { Context } from './context.ts';

/** An answer as it leaves the server and as it is kept. */
export interface Answer {
  status: number;
  /** JSON text. */
  body: string;
}

export interface IdempotentRequest {
  key: string;
  /** SHA-256 of method, path and canonical body. */
  fingerprint: Buffer;
  /** A rejection as an answer, so that it can be kept too. */
  renderProblem(rejection: Rejection): Answer;
}

/** Longer than any call a request waits for: after this an unfinished key belongs to a process that died. */
const BUSY_MS = 30 * SECOND;

export interface Once {
  /**
   * Does the work and commits it with the key. `keep(answer)` writes the finished key into the given transaction;
   * `keepUnfinished(resourceId)` writes it without an answer, to be finished by whoever learns the result.
   */
  work(key: KeyWriter): Promise<Answer>;
  /** What became of the resource of an unfinished request whose process died. */
  report(resourceId: string): Promise<Answer>;
}

export interface KeyWriter {
  key: string | undefined;
  keep(answer: Answer): (tx: Tx) => void;
  keepUnfinished(resourceId: string): (tx: Tx) => void;
}

const NO_KEY: KeyWriter = { key: undefined, keep: () => () => undefined, keepUnfinished: () => () => undefined };

/** Runs `work` at most once for the request's key. Without a key it simply runs. */
export async function once(context: Context, request: IdempotentRequest | undefined, { work, report }: Once) {
  if (request === undefined) return { answer: await work(NO_KEY), replayed: false };
  try {
    return { answer: await work(writerFor(context, request)), replayed: false };
  } catch (error) {
    if (isKeyTaken(error)) return { answer: await repeat(context, request, report), replayed: true };
    if (!(error instanceof Rejected)) throw error;
    return keepRejection(context, request, { rejection: error.rejection, report });
  }
}

/** Keys live in real time: how long an unfinished request may still be running has nothing to do with a tenant's clock. */
function writerFor(context: Context, request: IdempotentRequest): KeyWriter {
  const createdAt = context.system.clock.now();
  const record = {
    tenantId: context.tenant.id,
    key: request.key,
    fingerprint: request.fingerprint,
    busyUntil: plus(createdAt, BUSY_MS),
    createdAt,
  };
  return {
    key: request.key,
    keep: (answer) => (tx) => insertIdempotencyKey(tx, { ...record, answer }),
    keepUnfinished: (resourceId) => (tx) => insertIdempotencyKey(tx, { ...record, resourceId }),
  };
}

/** A decided refusal is an answer like any other: the key keeps it. */
async function keepRejection(
  context: Context,
  request: IdempotentRequest,
  { rejection, report }: { rejection: Rejection; report: Once['report'] },
) {
  const answer = request.renderProblem(rejection);
  if (!isRemembered(answer.status)) {
    // What is judged by the clock may have been right when it was asked first: then that answer stands.
    const record = await findIdempotencyKey(context.database, context.tenant.id, request.key);
    if (!record?.fingerprint.equals(request.fingerprint)) throw new Rejected(rejection);
    return { answer: record.answer ?? (await unfinished(context, record, report)), replayed: true };
  }
  try {
    await context.database.transaction(writerFor(context, request).keep(answer));
    return { answer, replayed: false };
  } catch (error) {
    if (isKeyTaken(error)) return { answer: await repeat(context, request, report), replayed: true };
    throw error;
  }
}

/** Shape, permission and overload say nothing about the request itself: the key stays free. */
function isRemembered(status: number): boolean {
  return status === 404 || status === 409 || status === 422;
}

async function repeat(context: Context, request: IdempotentRequest, report: Once['report']): Promise<Answer> {
  const record = await findIdempotencyKey(context.database, context.tenant.id, request.key);
  if (record === undefined) throw new Rejected(inProgress());
  if (!record.fingerprint.equals(request.fingerprint)) {
    throw new Rejected(
      reject(
        'idempotency_key_reused',
        'This Idempotency-Key was sent before with another method, path or body: use a new key.',
      ),
    );
  }
  return record.answer ?? unfinished(context, record, report);
}

async function unfinished(context: Context, record: IdempotencyRecord, report: Once['report']): Promise<Answer> {
  if (context.system.clock.now() < record.busyUntil || record.resourceId === undefined)
    throw new Rejected(inProgress());
  return report(record.resourceId);
}

function inProgress(): Rejection {
  return reject(
    'idempotency_in_progress',
    'The first request with this key has not been answered yet: repeat it in a moment.',
    {
      retryAfterSeconds: 1,
    },
  );
}

function isKeyTaken(error: unknown): boolean {
  return error instanceof Taken && error.constraint === 'idempotency_keys_pkey';
}
