/** Every test card answers what its row of the file says, and no number is ever written down. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import cards from '../../data/sandbox-cards.json' with { type: 'json' };
import { conclude } from '../../src/domain/decline.ts';
import { luhnDigit, passesLuhn } from '../../src/lib/luhn.ts';
import { findCard } from '../../src/sandbox/cards.ts';
import { type Answer, card, foundTown, type Merchant } from './merchant.ts';

type CardRow = (typeof cards)[number] & { decline_code?: string; response_code?: string; advice_code?: string };
const rowsOfFile = cards as readonly CardRow[];

const REASON_CODES: Record<string, string> = {
  authentication_failed: 'authentication_failed',
  authentication_rejected: 'authentication_rejected',
  authentication_abandoned: 'authentication_abandoned',
};

/** The decline code the product must conclude from an answer, by its own tables. */
function concluded(charge: Answer['body']): string | undefined {
  if (charge.status === 'approved') return undefined;
  if (charge.reason !== undefined) return REASON_CODES[charge.reason] ?? charge.reason;
  const { code: response, advice } = charge.response;
  return conclude({ network: charge.card.schemes.at(-1), response, advice, on: '2026-12-01' }).code;
}

/** Pays with a card, present, answering a challenge with yes. */
async function pay(merchant: Merchant, key: string, changes: Record<string, unknown>): Promise<Answer['body']> {
  const { body } = await merchant.charge(key, changes);
  if (body.status !== 'action_required') return body;
  if (body.action.method_url !== undefined) await (await fetch(body.action.method_url)).text();
  else
    await (
      await fetch(body.action.acs_url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ decision: 'approve' }),
      })
    ).text();
  const [now] = (await merchant.lookup(key)).body.data;
  if (now.status === 'action_required') await merchant.waits(600_000);
  return (await merchant.lookup(key)).body.data[0];
}

/** What a merchant-initiated charge of the same card answers afterwards. */
async function chargeAlone(merchant: Merchant, key: string, first: Answer['body']): Promise<Answer['body']> {
  const agreement = { use: 'subsequent', type: 'recurring', network_transaction_id: first.network_transaction_id };
  const method = { type: 'token', token: first.token };
  return (await merchant.charge(key, { initiator: 'merchant', method, agreement })).body;
}

/** Cards whose decline code is about charges made without the payer. */
const ALONE = new Set(['decline_merchant_initiated', 'approve_first_only']);

test('every card of the file concludes to its decline code, present or charged later', async (t) => {
  const { merchant } = await foundTown(t);
  const plain = rowsOfFile.filter((row) => !row.behaviour.startsWith('fault:'));
  assert.ok(plain.length > 170);
  for (const row of plain) {
    const key = `the-key-${row.number}`;
    const cvc = row.scheme === 'amex' ? '1234' : '123';
    const agreement = { use: 'initial', type: 'recurring' };
    const first = await pay(merchant, key, { method: card(row.number, { cvc }), agreement });
    const about = `${row.number} ${row.behaviour} ${row.three_ds}: ${JSON.stringify(first)}`;
    if (first.card !== undefined) assert.equal(first.card.schemes[0], row.scheme, about);
    if (row.behaviour === 'decline') {
      assert.equal(concluded(first), row.decline_code, about);
      assert.equal(first.response?.code, row.response_code, about);
      assert.equal(first.response?.advice, row.advice_code, about);
    } else if (row.three_ds === 'soft_decline') {
      assert.equal(concluded(first), row.decline_code, about);
    } else {
      assert.equal(first.status, 'approved', about);
      assert.equal(first.card.type, row.type, about);
      assert.equal(first.card.country, row.country, about);
    }
    if (ALONE.has(row.behaviour)) {
      const later = await chargeAlone(merchant, `${key}-alone`, first);
      assert.equal(concluded(later), row.decline_code, JSON.stringify(later));
      assert.equal(later.response.code, row.response_code);
    }
  }
});

test('cards that need the payer decline 1A alone unless the first payment was authenticated', async (t) => {
  const { merchant } = await foundTown(t);
  const alone = async (number: string, changes: Record<string, unknown> = {}) => {
    const key = `the-key-${number}-${Object.keys(changes).length}`;
    const first = await pay(merchant, key, {
      method: card(number),
      agreement: { use: 'initial', type: 'recurring' },
      ...changes,
    });
    return (await chargeAlone(merchant, `${key}-alone`, first)).response.code;
  };
  assert.equal(await alone('4000002500003155'), '00');
  assert.equal(await alone('4000002760003184'), '1A');
  assert.equal(await alone('4000003800000446'), '00');
  assert.equal(await alone('4000009301100007', { three_ds: { preference: 'challenge' } }), '00');
});

test('a saved card expires when the clock passes its month', async (t) => {
  const { merchant } = await foundTown(t);
  const soon = new Date();
  const method = card('4242424242424242', { exp_month: soon.getUTCMonth() + 1, exp_year: soon.getUTCFullYear() });
  const first = (await merchant.charge('the-key-fresh', { method, agreement: { use: 'initial', type: 'recurring' } }))
    .body;
  assert.equal(first.status, 'approved');
  await merchant.waits(32 * 86_400_000);
  assert.equal((await chargeAlone(merchant, 'the-key-stale', first)).response.code, '54');
});

test('security code 000 is wrong on any card, and a real number is answered 14 and kept nowhere', async (t) => {
  const { merchant } = await foundTown(t);
  assert.equal(
    (await merchant.charge('the-key-000', { method: card('4242424242424242', { cvc: '000' }) })).body.response.code,
    'N7',
  );
  const forgiven = (await merchant.charge('the-key-101', { method: card('4000000000000101') })).body;
  assert.equal(forgiven.status, 'approved');
  assert.equal(forgiven.response.cvc, 'no_match');
  const real = (await merchant.charge('the-key-real', { method: card('4539578763621486') })).body;
  assert.deepEqual([real.status, real.response.code, real.card], ['declined', '14', undefined]);
  assert.match(real.response.text, /test card/);
});

test('new expiry dates and numbers come with the next charge the merchant makes alone', async (t) => {
  const { merchant } = await foundTown(t);
  const agreement = { use: 'initial', type: 'recurring' };
  const later = async (number: string) => {
    const first = (await merchant.charge(`the-key-${number}`, { method: card(number), agreement })).body;
    return { first, next: await chargeAlone(merchant, `the-key-${number}-alone`, first) };
  };
  const expiry = await later('4000009500900009');
  assert.equal(expiry.next.card.updated.exp_year, expiry.first.card.exp_year + 3);
  const number = await later('4000009501000007');
  assert.notEqual(number.next.card.updated.last4, number.first.card.last4);
  assert.notEqual(number.next.token, number.first.token);
  const again = await chargeAlone(merchant, 'the-key-renewed', { ...number.first, token: number.next.token });
  assert.equal(again.card.last4, number.next.card.updated.last4);
});

test('families make any case typable, in every scheme, and what fits none is no test card', () => {
  const prefixes = ['400000', '555555', '370000', '601100', '360066', '353011', '620000', '677179', '506099', '636297'];
  const lengths: Record<string, number> = { '370000': 15, '360066': 14 };
  for (const prefix of prefixes) {
    const type = (middle: string): string => {
      const payload = (prefix + middle).padEnd((lengths[prefix] ?? 16) - 1, '0');
      return payload + luhnDigit(payload);
    };
    assert.equal(findCard(type('9905700'))?.response, '57');
    assert.equal(findCard(type('9793700'))?.behaviour, 'decline_merchant_initiated');
    assert.equal(findCard(type('9600000'))?.threeDs, 'challenge');
    assert.equal(findCard(type('9300200'))?.threeDs, 'attempted');
    assert.equal(findCard(type('9800100'))?.behaviour, 'fault:answer_lost');
    assert.equal(findCard(type('9412345'))?.behaviour, 'approve');
    assert.equal(findCard(type('9112345')), undefined);
    if (prefix !== '360066') assert.equal(findCard(`${type('990570000').slice(0, -2)}19`), undefined);
  }
  for (const row of rowsOfFile) {
    const family =
      row.number.length > 13 && /^9[3-9]/.test(row.number.slice(6, 8)) && prefixes.includes(row.number.slice(0, 6));
    if (!family) continue;
    assert.ok(passesLuhn(row.number));
    assert.ok(findCard(row.number), row.number);
  }
});

test('no card number stands in any file of the data folder', async (t) => {
  const { merchant, folder, arms } = await foundTown(t);
  await arms('answer_lost', { match: { request_key: 'the-key-lost-1' } });
  const numbers = ['4242424242424242', '4000000000009995', '4539578763621486', '4000000000003220', '4242424242424241'];
  for (const [i, number] of numbers.entries()) await merchant.charge(`the-key-clean-${i}`, { method: card(number) });
  await assert.rejects(merchant.charge('the-key-lost-1', { method: card('4111111111111111') }));
  await merchant.charge('the-key-bad-1', { method: card('4111111111111111', { number: '4111111111111111x' }) });
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const number of [...numbers, '4111111111111111']) assert.ok(!text.includes(number), `${file} holds a number`);
  }
});
