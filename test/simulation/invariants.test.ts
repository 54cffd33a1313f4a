/** What is held against the outside can fail too: our book against the processor's, and what was told against what stands. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BusyWorld, busyWorld } from '../check/busy-world.ts';
import { bookDifferences, toldDifferences, violations } from './invariants.ts';

let world: BusyWorld;
before(async () => {
  world = await busyWorld();
});
after(() => world.close());

/** Changes our book, looks, and changes it back. */
async function changed(text: string, back: string, expected: RegExp): Promise<void> {
  const { database } = world.app;
  await database.query(text);
  assert.match((await bookDifferences(world.app)).join('\n'), expected);
  await database.query(back);
  assert.deepEqual(await bookDifferences(world.app), []);
}

async function one(kind: string): Promise<string> {
  const rows = await world.app.database.query<{ id: string }>(
    `select id from attempts where kind = '${kind}' and status = 'succeeded' order by id limit 1`,
  );
  return `where id = '${rows[0]!.id}'`;
}

test('the world of these tests is sound to begin with, also against the processor’s book and the receiver’s log', async () => {
  assert.deepEqual(await violations(world.app), []);
  assert.deepEqual(await toldDifferences(world.app, world.told), []);
});

for (const kind of ['charge', 'authorise', 'capture', 'void', 'refund']) {
  test(`a ${kind} that the processor’s book has otherwise is noticed`, async () => {
    const which = await one(kind);
    await changed(
      `update attempts set amount = amount + 1 ${which}`,
      `update attempts set amount = amount - 1 ${which}`,
      /took (\d+) ZAR, recorded are \d+ ZAR/,
    );
    await changed(
      `update attempts set status = 'declined' ${which}`,
      `update attempts set status = 'succeeded' ${which}`,
      /(was charged|was done \(\w+\)) and is recorded as declined/,
    );
    await changed(
      `update attempts set request_key = 'lost_key' ${which}`,
      `update attempts set request_key = id ${which}`,
      /of which there is no record[\s\S]*succeeded here and not at the processor/,
    );
  });
}

test('a step that the processor took back and that still counts here is noticed', async () => {
  await changed(
    `update attempts set status = 'succeeded' where kind = 'refund' and id in
      (select attempt_id from ledger_entries where kind = 'refund_failed')`,
    `update attempts set status = 'declined' where kind = 'refund' and id in
      (select attempt_id from ledger_entries where kind = 'refund_failed')`,
    /succeeded here and not at the processor/,
  );
});

test('amounts that differ in sum are noticed', async () => {
  await changed(
    'update payments set refunded_amount = refunded_amount - 1 where refunded_amount > 0',
    'update payments set refunded_amount = refunded_amount + 1 where refunded_amount > 0',
    /says \{.*"refunded":\d+.*\}, the processor moved/,
  );
});

test('what a receiver was told is noticed when it is missing, twofold, out of order, made up or out of date', async () => {
  const { app, told } = world;
  const differences = async (bodies: string[]) => (await toldDifferences(app, bodies)).join('\n');
  assert.equal(await differences([...told, ...told.slice(0, 20)]), '');
  assert.match(await differences(told.filter((body) => !body.includes('"payment.refunded"'))), /was never told/);
  assert.match(await differences([...told].reverse()), /was told after a later event/);
  const [first] = told;
  assert.match(await differences([...told, first!.replace('"sequence":', '"sequence":9')]), /was told in two ways/);
  const madeUp = JSON.stringify({ ...JSON.parse(first!), id: 'evt_made_up' });
  assert.match(await differences([...told, madeUp]), /there is no such event/);
  const outdated = told.map((body) => body.replaceAll('"refunded_amount":2000', '"refunded_amount":1000'));
  assert.match(await differences(outdated), /was told as/);
});
