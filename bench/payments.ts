/** Whole payments and charges without the payer, against two durable statements through `pg` directly. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { directDatabase, directWriters } from './direct.ts';
import { type Figure, figure } from './figures.ts';
import { Line, measure } from './http-load.ts';
import type { MeasuredServer } from './server.ts';

const LANES = 32;
const CONNECTIONS = 8;

export interface Token {
  customer_id: string;
  payment_method_id: string;
}

/** A customer with a saved card: one first_in_series session, paid on the page. */
export async function savedCard(target: MeasuredServer, line: Line): Promise<Token> {
  const session = await createSession(target, line, {
    amount: 20_000,
    currency: 'ZAR',
    type: 'first_in_series',
    options: { customer: { name: 'Bench' } },
  });
  await payOnPage(line, session, {
    payment_method: 'card',
    card_number: '4242424242424242',
    card_expiry: '12/34',
    card_cvc: '123',
  });
  const paid = (await api(target, line, {
    method: 'GET',
    path: `/collect/payment_sessions/${session.id}`,
  })) as Token & { payment_outcome: string };
  if (paid.payment_outcome !== 'paid') throw new Error(`the first payment is ${paid.payment_outcome}`);
  return paid;
}

/** Create, open the page, pay with the saved card; ended when the last event has its number. */
export async function measurePayments(target: MeasuredServer, ms: number): Promise<Figure> {
  const ceiling = await directPayments(target, ms);
  const lines = openLines(target);
  const token = await savedCard(target, lines[0]!);
  const body = { amount: 20_000, currency: 'ZAR', options: { customer_id: token.customer_id } };
  const ours = await measure(LANES, ms, async (lane) => {
    const line = lines[lane]!;
    await payWithSavedCard(line, await createSession(target, line, body), token.payment_method_id);
  });
  await allNumbered(target);
  for (const line of lines) line.close();
  return figure('payment', ours.perSecond, ceiling);
}

/** Charges without the payer on 32 connections. */
export async function measureNext(target: MeasuredServer, ms: number): Promise<Figure> {
  const ceiling = await directPayments(target, ms);
  const lines = openLines(target);
  const { customer_id, payment_method_id } = await savedCard(target, lines[0]!);
  const body = { amount: 10_000, currency: 'ZAR', type: 'next_in_series', options: { customer_id, payment_method_id } };
  const ours = await measure(LANES, ms, async (lane) => {
    const session = await createSession(target, lines[lane]!, body);
    if (session.payment_outcome !== 'paid') throw new Error(`a charge is ${session.payment_outcome}`);
  });
  for (const line of lines) line.close();
  return figure('next_in_series_32', ours.perSecond, ceiling);
}

async function directPayments(target: MeasuredServer, ms: number): Promise<number> {
  const direct = directWriters(await directDatabase(target.databaseUrl), 'bench_direct', CONNECTIONS);
  const measured = await measure(LANES, ms, () => direct.payment());
  await direct.close();
  return measured.perSecond;
}

export interface Session {
  id: string;
  checkout_session_id: string;
  payment_outcome: string;
}

/** A session of any type; throws unless it was created. */
export async function createSession(target: MeasuredServer, line: Line, body: unknown): Promise<Session> {
  const answer = await line.ask({
    method: 'POST',
    path: '/collect/payment_sessions',
    headers: {
      authorization: `Bearer ${target.ready.secret_key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`a create answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as Session;
}

/** Opens the page and pays with a method saved earlier. */
export function payWithSavedCard(line: Line, session: Session, paymentMethodId: string): Promise<void> {
  return payOnPage(line, session, {
    payment_method: paymentMethodId,
    card_number: '',
    card_expiry: '',
    card_cvc: '123',
  });
}

/** Any call of the API; throws unless it succeeded. */
export async function api(
  target: MeasuredServer,
  line: Line,
  asked: { method: string; path: string; body?: unknown },
): Promise<unknown> {
  const { method, path, body } = asked;
  const headers: Record<string, string> = { authorization: `Bearer ${target.ready.secret_key}` };
  if (method === 'POST') headers['idempotency-key'] = randomUUID();
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await line.ask({
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body}`);
  return answer.body === '' ? undefined : JSON.parse(answer.body);
}

async function payOnPage(line: Line, session: Session, typed: Record<string, string>): Promise<void> {
  const path = `/checkout/${session.checkout_session_id}`;
  const page = await line.ask({ method: 'GET', path });
  const hidden = Object.fromEntries(
    ['csrf', 'attempt_key', 'seen'].map((name) => [name, hiddenValue(page.body, name)]),
  );
  const answer = await line.ask({
    method: 'POST',
    path: `${path}/pay`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ ...hidden, browser: '', ...typed }).toString(),
  });
  if (answer.status !== 303) throw new Error(`paying answered ${answer.status}: ${answer.body.slice(0, 300)}`);
}

function hiddenValue(html: string, name: string): string {
  return new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? '';
}

/** A payment is whole when its events can be read in order. */
async function allNumbered(target: MeasuredServer): Promise<void> {
  const client = new pg.Client({ connectionString: target.databaseUrl });
  await client.connect();
  for (let tries = 0; tries < 200; tries++) {
    const { rowCount } = await client.query('select 1 from events where sequence is null limit 1');
    if (rowCount === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await client.end();
}

function openLines(target: MeasuredServer): Line[] {
  return Array.from({ length: LANES }, () => new Line(new URL(target.ready.api_url)));
}
