/** What the merchant was told, by events and by webhooks, held against what stands. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';

const LISTS = ['payment_sessions', 'customers', 'mandates', 'refunds'];

/** Objects whose newest event does not show what the API shows. */
export async function untoldChanges(app: TestApp): Promise<string[]> {
  return standingDifferences(app, await app.merchant.events());
}

/**
 * What a receiver of every event was told, body by body in the order of arrival: each event came, once or again with the same
 * words; nothing came that is no event; each object was told in order; and the last word about each is what stands.
 */
export async function toldDifferences(app: TestApp, receivedBodies: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const told = new Map<string, Json>();
  const lastOf = new Map<string, number>();
  for (const body of receivedBodies) {
    const one = JSON.parse(body) as Json;
    const before = told.get(one.id);
    if (before !== undefined) {
      if (!isDeepStrictEqual(before, one)) found.push(`${one.id} was told in two ways`);
      continue;
    }
    told.set(one.id, one);
    // A ping is a question, and waits for nothing.
    if (one.type === 'webhook_endpoint.ping') continue;
    const last = lastOf.get(one.data.id) ?? 0;
    if (one.sequence < last) found.push(`${one.type} of ${one.data.id} was told after a later event`);
    lastOf.set(one.data.id, Math.max(last, one.sequence));
  }
  const events = await app.merchant.events();
  for (const event of events) {
    const one = told.get(event.id);
    if (one === undefined) found.push(`${event.type} ${event.id} was never told`);
    else if (!isDeepStrictEqual(one, event)) found.push(`${event.id} was told as ${JSON.stringify(one)}`);
  }
  const real = new Set(events.map((event) => event.id));
  for (const id of told.keys()) if (!real.has(id)) found.push(`${id} was told, and there is no such event`);
  const inOrder = [...told.values()].sort((a, b) => a.sequence - b.sequence);
  return [...found, ...(await standingDifferences(app, inOrder))];
}

async function standingDifferences(app: TestApp, events: readonly Json[]): Promise<string[]> {
  const newest = new Map<string, Json>();
  for (const event of events) newest.set(event.data.id, event.data);
  const found: string[] = [];
  for (const list of LISTS) {
    for (const object of await allOf(app, `/collect/${list}`)) {
      const told = newest.get(object.id);
      if (!isDeepStrictEqual(withoutOrigin(told), withoutOrigin(object)))
        found.push(`${object.id}: the newest event shows ${JSON.stringify(told)}, the API ${JSON.stringify(object)}`);
    }
  }
  return found;
}

/** A page's address names the port of the process that wrote it; after a restart in a test that is another one. */
function withoutOrigin(object: Json): Json {
  return JSON.parse(JSON.stringify(object ?? null).replaceAll(/http:\/\/(127\.0\.0\.1|localhost)(:\d+)?/g, ''));
}

async function allOf(app: TestApp, path: string): Promise<Json[]> {
  const all: Json[] = [];
  let cursor = '';
  for (;;) {
    const { body, status, text, headers } = await app.merchant.call('GET', `${path}?limit=100${cursor}`);
    assert.equal(status, 200, text);
    all.push(...body.data);
    const next = headers.get('next-cursor');
    if (next === null) return all;
    cursor = `&cursor=${next}`;
  }
}
