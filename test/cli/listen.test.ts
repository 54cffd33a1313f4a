/** `tender listen` shows every event once and in order, forwards it as a webhook would come, and is not stopped by who does not take it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { type Event, Tender } from '../../sdk/src/tender.ts';
import { forward, wantedBy } from '../../src/cli/listen.ts';
import { listen } from '../../src/cli/listening.ts';
import { lastSequence } from '../../src/cli/scenarios/event-trail.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';
import { receiver, right, SECRET } from './receivers.ts';

let app: TestApp;
let tender: Tender;

before(async () => {
  app = await testApp();
  tender = new Tender(app.merchant.secretKey, { baseUrl: app.url });
});
after(() => app.close());

async function paidSession(): Promise<void> {
  await app.payer.another().pays(await app.merchant.createSession(), cards.approved);
  await app.runDue();
}

/** Listens until so many events came. */
async function heard(count: number, from: number, onEvent: (event: Event) => Promise<unknown>): Promise<Event[]> {
  const got: Event[] = [];
  const ending = new AbortController();
  await listen({
    tender,
    after: from,
    wants: () => true,
    async onEvent(event) {
      await onEvent(event);
      if (got.push(event) >= count) ending.abort();
    },
    onTrouble: (words) => assert.fail(words),
    signal: ending.signal,
  });
  return got;
}

test('every event is forwarded once, signed, and those of one object in their order', async (t) => {
  const { url, bodies, close } = await receiver(right);
  t.after(close);
  const from = await lastSequence(tender);
  await paidSession();
  const told = (await app.merchant.events()).filter(({ sequence }) => sequence > from);
  const answers: unknown[] = [];
  await heard(told.length, from, async (event) => answers.push(await forward(event, { url, secret: SECRET })));
  assert.deepEqual(
    answers.map((answer) => (answer as { status?: number }).status),
    told.map(() => 204),
  );
  const came = bodies.map((body) => JSON.parse(body) as Event);
  assert.deepEqual(
    came.toSorted((a, b) => a.sequence - b.sequence),
    told,
  );
  for (const line of Map.groupBy(came, ({ data }) => data.id).values())
    assert.deepEqual(
      line,
      line.toSorted((a, b) => a.sequence - b.sequence),
    );
});

test('the newest number is found without reading all events', async () => {
  assert.equal(await lastSequence(tender), (await app.merchant.events()).at(-1)?.sequence ?? 0);
  await paidSession();
  assert.equal(await lastSequence(tender), (await app.merchant.events()).at(-1).sequence);
});

test('an endpoint that does not take an event, or is not there, is told and holds up nothing', async (t) => {
  const { url, close } = await receiver(async () => 500);
  t.after(close);
  const event = (await app.merchant.events())[0] as Event;
  assert.equal(((await forward(event, { url, secret: SECRET })) as { status: number }).status, 500);
  const gone = await receiver(right);
  await gone.close();
  const nobody = await forward(event, { url: gone.url, secret: SECRET });
  assert.equal((nobody as { failure: string }).failure, 'connect_refused');
});

test('types are chosen one by one, by object, or all', () => {
  const chosen = (text: string | undefined, type: string) => wantedBy(text)({ type });
  assert.ok(chosen(undefined, 'refund.created'));
  assert.ok(chosen('payment.*', 'payment.succeeded'));
  assert.ok(!chosen('payment.*', 'payment_session.created'));
  assert.ok(chosen('refund.created, payment.*', 'refund.created'));
  assert.ok(!chosen('refund.created', 'refund.updated'));
});

test('the command prints a line for each event, keeps its secret in the data folder, and ends with counts', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tender-listen-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const { url, close } = await receiver(async () => 200);
  t.after(close);
  const child = spawn(process.execPath, ['src/cli/tender.mjs', 'listen', '--json', '--forward-to', url], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { TENDER_URL: app.url, TENDER_SECRET_KEY: app.merchant.secretKey, TENDER_DATA_DIR: dataDir },
  });
  const words: string[] = [];
  const said = createInterface({ input: child.stderr }).on('line', (line) => words.push(line));
  while (words.length < 2) await once(said, 'line');
  const printed = createInterface({ input: child.stdout });
  const first = once(printed, 'line');
  await app.merchant.createSession();
  await app.runDue();
  const { type, forward: answered } = JSON.parse((await first)[0]) as { type: string; forward: { status: number } };
  assert.deepEqual([type, answered.status], ['payment_session.created', 200]);
  child.kill('SIGINT');
  const [[code]] = await Promise.all([once(child, 'exit'), once(said, 'close')]);
  assert.equal(code, 0);
  const secret = readFileSync(join(dataDir, 'listen.secret'), 'utf8').trim();
  assert.match(secret, /^whsec_[\w+/]{43}=$/);
  assert.ok(words[1]!.endsWith(secret));
  assert.equal(words.at(-1), '1 events, 1 taken, 0 not.');
});
