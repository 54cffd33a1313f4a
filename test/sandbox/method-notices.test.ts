/** What a merchant is told about payments beyond cards: every change, late ones too, but for the phone that tells nobody. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { foundTown, type Merchant, type Town } from './merchant.ts';
import { BANK, decides, HOUR_MS, opened, pageOf, phone, TILL, WALLET } from './method-payer.ts';
import { startReceiver } from './receiver.ts';

async function listening(t: TestContext): Promise<{
  town: Town;
  shop: Merchant;
  /** Types of notifications about one key so far, in order. The clock has waited for all that it let happen. */
  toldOf: (key: string) => string[];
}> {
  const town = await foundTown(t);
  const receiver = await startReceiver(t);
  const shop = await town.openAccount('listener', receiver.url);
  return {
    town,
    shop,
    toldOf: (key) => receiver.told.filter(({ body }) => body.charge.request_key === key).map(({ body }) => body.type),
  };
}

test('an opened action is told to nobody, its end to the merchant, and a late success after it', async (t) => {
  const { town, shop, toldOf } = await listening(t);
  for (const [name, method] of Object.entries({ bank: BANK, wallet: WALLET, till: TILL })) {
    const key = `the-key-${name}`;
    await opened(shop, key, method);
    const page = await pageOf(town, key);
    await shop.waits(1_000);
    assert.deepEqual(toldOf(key), [], name);
    await shop.waits(73 * HOUR_MS);
    assert.deepEqual(toldOf(key), ['charge.declined'], name);
    await decides(page, 'pay_late');
    await shop.waits(1_000);
    assert.deepEqual(toldOf(key), ['charge.declined', 'charge.approved'], name);
  }
});

test('what a bank decides later is told twice: that it waits, and how it ended', async (t) => {
  const { town, shop, toldOf } = await listening(t);
  for (const [bank, end] of [
    ['patient', 'approved'],
    ['doubtful', 'declined'],
  ] as const) {
    await opened(shop, `the-key-${bank}`, { type: 'pay_by_bank', bank });
    await decides(await pageOf(town, `the-key-${bank}`), 'approve');
    await shop.waits(25 * HOUR_MS);
    assert.deepEqual(toldOf(`the-key-${bank}`), ['charge.pending', `charge.${end}`]);
  }
});

test('phones are told about, one tells twice, and one that approves tells nobody', async (t) => {
  const { shop, toldOf } = await listening(t);
  const told = async (ending: string) => {
    await opened(shop, `the-phone-${ending}`, phone(ending));
    await shop.waits(HOUR_MS);
    return toldOf(`the-phone-${ending}`);
  };
  assert.deepEqual(await told('00'), ['charge.approved']);
  assert.deepEqual(await told('01'), ['charge.declined']);
  assert.deepEqual(await told('02'), ['charge.declined']);
  assert.deepEqual(await told('03'), ['charge.declined']);
  assert.deepEqual(await told('04'), ['charge.declined', 'charge.approved']);
  assert.deepEqual(await told('05'), []);
  assert.equal((await shop.lookup('the-phone-05')).body.data[0].status, 'approved');
});

test('a fault of notifications and one of reversals meet the method they are matched by', async (t) => {
  const { town, shop, toldOf } = await listening(t);
  await town.arms('lost_notification', { match: { method: 'voucher' }, times: 9 });
  await town.arms('rate_limited', { match: { method: 'pay_by_bank', operation: 'reversal' }, times: 9 });
  for (const [name, method] of Object.entries({ bank: BANK, till: TILL })) {
    await opened(shop, `the-key-${name}`, method);
    const body = { request_key: `the-key-${name}` };
    const { status } = await shop.call('POST', '/v1/reversals', { key: `undo-${name}`, body });
    assert.equal(status, name === 'bank' ? 429 : 201, name);
    if (name === 'bank') await decides(await pageOf(town, 'the-key-bank'), 'approve');
    await shop.waits(1_000);
    assert.equal(toldOf(`the-key-${name}`).length, name === 'bank' ? 1 : 0, name);
  }
});
