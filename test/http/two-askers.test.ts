/** The payer comes back from the bank at the moment in which somebody else learns the same: both are served, one records. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';

/** Runs once, straight after the next statement that reads an attempt by its id. */
let meanwhile: (() => Promise<void>) | undefined;
let app: TestApp;
before(async () => {
  const watch = {
    before: () => undefined,
    async after(text: string) {
      if (meanwhile === undefined || !/^\s*select \* from attempts where/.test(text)) return;
      const act = meanwhile;
      meanwhile = undefined;
      await act();
    },
  };
  app = await testApp({ watch });
});
after(() => app.close());

for (const [decision, state] of [
  ['approve', 'paid'],
  ['decline', 'declined'],
] as const) {
  test(`an answer (${decision}) that is recorded between two reads of another asker is simply seen by it`, async () => {
    const session = await app.merchant.createSession();
    await app.control.arm({ kind: 'lost_notification' });
    const page = await app.payer.pays(session, cards.challenge);
    const acs = /action="([^"]*\/acs\/[^"]*)"/.exec(page.html)![1]!;
    const decided = await fetch(acs, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ decision }),
    });
    const back = decided.headers.get('location')!;
    const comesBack = async (): Promise<number> => (await fetch(back, { redirect: 'manual' })).status;
    let other: number | undefined;
    meanwhile = async () => {
      other = await comesBack();
    };
    assert.deepEqual([await comesBack(), other], [303, 303]);
    assert.equal((await app.payer.open(session)).state, state);
    const errors = app.logs.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
    assert.deepEqual(errors, []);
  });
}
