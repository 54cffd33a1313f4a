/** The ceilings for writes: the same rows, by the same statements, straight through `pg` without any server in between. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createAttempt, settleAttempt } from '../src/domain/attempt.ts';
import { createPayment, succeedPayment } from '../src/domain/payment.ts';
import { completeSession, createSession, type Session } from '../src/domain/session.ts';
import { createIdSource } from '../src/lib/ids.ts';
import { DAY, plus, type Timestamp } from '../src/lib/time.ts';
import { insertAttempt, saveAttempt } from '../src/store/attempts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { insertEvent } from '../src/store/events.ts';
import { insertIdempotencyKey } from '../src/store/idempotency.ts';
import { migrate } from '../src/store/migrate.ts';
import { insertPayment, savePayment } from '../src/store/payments.ts';
import { insertSession, saveSession } from '../src/store/sessions.ts';
import { renderSession } from '../src/wire/session.ts';

const ids = createIdSource(Date.now, randomBytes);
const options = { mode: 'test', checkoutUrl: 'http://localhost:4600' } as const;

/** A database of their own on the same server, so that no worker looks at what the ceilings write. */
export async function directDatabase(serverUrl: string): Promise<string> {
  const url = serverUrl.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, '$1bench_direct');
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  const { rowCount } = await client.query(`select 1 from pg_database where datname = 'bench_direct'`);
  if (rowCount === 0) {
    await client.query('create database bench_direct');
    await migrate(url, () => undefined);
  }
  await client.end();
  return url;
}

/** Writers on one pool. */
export function directWriters(url: string, tenantId: string, connections: number) {
  const database = openDatabase({
    url,
    maxConnections: connections,
    connectTimeoutMs: 5_000,
    prepared: true,
    sharing: false,
  });
  return {
    database,
    create: () => writeCreate(database, tenantId),
    payment: () => writePayment(database, tenantId),
    close: () => database.close(),
  };
}

function newSession(tenantId: string, type: Session['type']) {
  const at = Date.now() as Timestamp;
  const page = type === 'one_time' ? { checkoutId: ids.capability('ckt'), expiresAt: plus(at, DAY) } : {};
  return createSession({
    tenantId,
    id: ids.next('ps'),
    type,
    amountMinor: 20_000,
    currency: 'ZAR',
    description: 'Two tickets',
    createdBy: 'key',
    offersSavedMethods: false,
    options: { captureMethod: 'automatic', savePaymentMethod: 'never', presentationMode: 'redirect' },
    createdAt: at,
    ...page,
  }).next;
}

/** Session, page address, event and idempotency key: one durable statement. */
async function writeCreate(database: Database, tenantId: string): Promise<void> {
  const session = newSession(tenantId, 'one_time');
  const body = JSON.stringify(renderSession(session, options));
  await database.transaction((tx) => {
    insertSession(tx, session);
    event(tx, session, { type: 'payment_session.created', data: body });
    const key = {
      tenantId,
      key: ids.next('k'),
      fingerprint: randomBytes(32),
      busyUntil: session.createdAt,
      createdAt: session.createdAt,
    };
    insertIdempotencyKey(tx, { ...key, answer: { status: 201, body } });
  });
}

/** Intent and outcome of a charge: two durable statements with the rows that a next_in_series payment writes. */
async function writePayment(database: Database, tenantId: string): Promise<void> {
  const session = newSession(tenantId, 'next_in_series');
  const at = session.createdAt;
  const paymentId = ids.next('pay');
  const facts = {
    tenantId,
    sessionId: session.id,
    amountMinor: 20_000,
    currency: 'ZAR',
    initiator: 'merchant',
  } as const;
  const payment = createPayment({
    ...facts,
    id: paymentId,
    intent: 'payment',
    captureMethod: 'automatic',
    reconciliationReference: paymentId,
    createdAt: at,
  }).next;
  const attemptId = ids.next('att');
  const attempt = createAttempt({
    ...facts,
    id: attemptId,
    paymentId,
    kind: 'charge',
    requestKey: attemptId,
    processor: 'sandbox',
    reference: paymentId,
    saves: false,
    sentAt: at,
  });
  const body = JSON.stringify(renderSession(session, options));
  await database.transaction((tx) => {
    insertSession(tx, session);
    event(tx, session, { type: 'payment_session.created', data: body });
    insertPayment(tx, payment);
    insertAttempt(tx, attempt);
  });
  const paid = succeedPayment(payment, {}, at).next;
  const completed = completeSession(session, { outcome: 'paid' }, at).next;
  const settled = settleAttempt(attempt, 'succeeded', { processorRef: 'C-0' }, at);
  await database.transaction((tx) => {
    savePayment(tx, paid);
    event(tx, paid, { type: 'payment.succeeded', data: body });
    saveSession(tx, completed);
    event(tx, completed, { type: 'payment_session.updated', data: body });
    event(tx, completed, { type: 'payment_session.completed', data: body });
    saveAttempt(tx, settled);
  });
}

function event(
  tx: Parameters<typeof insertEvent>[0],
  object: { tenantId: string; id: string; version: number; updatedAt: Timestamp },
  told: { type: Parameters<typeof insertEvent>[1]['type']; data: string },
): void {
  const { tenantId, id: objectId, version: objectVersion, updatedAt: occurredAt } = object;
  insertEvent(tx, { tenantId, id: ids.next('evt'), objectId, objectVersion, occurredAt, ...told });
}
