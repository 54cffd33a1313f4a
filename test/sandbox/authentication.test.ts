/** 3-D Secure: what the payer decides on the bank's page ends the charge, once, and the bank is asked afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, card, foundTown, type Merchant } from './merchant.ts';

const CHALLENGE = '4000009600000007';

async function decides(url: string, decision: string): Promise<Response> {
  const answer = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision }) });
  await answer.text();
  return answer;
}

async function challenged(merchant: Merchant, key: string, number = CHALLENGE): Promise<Answer['body']> {
  const { body } = await merchant.charge(key, { method: card(number) });
  assert.equal(body.status, 'action_required');
  assert.equal(body.action.type, 'three_ds');
  return body;
}

async function now(merchant: Merchant, key: string): Promise<Answer['body']> {
  return (await merchant.lookup(key)).body.data[0];
}

test('approving finishes the charge by itself and leads back with 303', async (t) => {
  const { merchant } = await foundTown(t);
  const charge = await challenged(merchant, 'the-key-yes');
  const answer = await decides(charge.action.acs_url, 'approve');
  assert.equal(answer.status, 303);
  const end = await now(merchant, 'the-key-yes');
  assert.equal(end.status, 'approved');
  assert.equal(end.version, 2);
  assert.equal(end.action, undefined);
  assert.equal((await merchant.call('GET', '/v1/clock')).body.next_due_at, null);
  assert.deepEqual([end.three_ds.status, end.three_ds.eci, end.three_ds.flow], ['Y', '05', 'challenge']);
});

test('declining, or a bank that cannot say, ends as the bank decides', async (t) => {
  const { merchant } = await foundTown(t);
  await decides((await challenged(merchant, 'the-key-no')).action.acs_url, 'decline');
  const refused = await now(merchant, 'the-key-no');
  assert.deepEqual(
    [refused.status, refused.reason, refused.response],
    ['declined', 'authentication_failed', undefined],
  );
  await decides((await challenged(merchant, 'the-key-unsure')).action.acs_url, 'unknown');
  const unsure = await now(merchant, 'the-key-unsure');
  assert.deepEqual([unsure.status, unsure.three_ds.status], ['approved', 'U']);
  await decides((await challenged(merchant, 'the-key-poor', '4000009605100000')).action.acs_url, 'approve');
  assert.equal((await now(merchant, 'the-key-poor')).response.code, '51');
});

test('leaving goes back undecided, and the deadline ends the charge ten minutes later', async (t) => {
  const { merchant } = await foundTown(t);
  const charge = await challenged(merchant, 'the-key-leave');
  assert.equal((await decides(charge.action.acs_url, 'abandon')).status, 303);
  assert.equal((await now(merchant, 'the-key-leave')).status, 'action_required');
  await merchant.waits(599_000);
  assert.equal((await now(merchant, 'the-key-leave')).status, 'action_required');
  await merchant.waits(2_000);
  assert.equal((await now(merchant, 'the-key-leave')).reason, 'authentication_abandoned');
  await decides(charge.action.acs_url, 'approve');
  assert.equal((await now(merchant, 'the-key-leave')).status, 'declined');
});

test('the first decision stands', async (t) => {
  const { merchant } = await foundTown(t);
  const charge = await challenged(merchant, 'the-key-first');
  await decides(charge.action.acs_url, 'decline');
  const second = await decides(charge.action.acs_url, 'approve');
  assert.equal(second.status, 200);
  assert.equal((await now(merchant, 'the-key-first')).status, 'declined');
});

test('the deadline of an open challenge is met after a restart', async (t) => {
  const town = await foundTown(t);
  const charge = await challenged(town.merchant, 'the-key-restart');
  await town.restarts();
  await town.merchant.waits(601_000);
  assert.equal((await now(town.merchant, 'the-key-restart')).reason, 'authentication_abandoned');
  const path = new URL(charge.action.acs_url).pathname;
  assert.match(await (await fetch(town.sandbox.url + path)).text(), /Time ran out/);
});

test('preferences decide whether a page is shown at all', async (t) => {
  const { merchant } = await foundTown(t);
  const outcome = async (number: string, preference: string) => {
    const key = `the-key-${number}-${preference}`;
    const { body } = await merchant.charge(key, { method: card(number), three_ds: { preference } });
    return body.status === 'declined' ? (body.response?.code ?? body.reason) : body.status;
  };
  assert.equal(await outcome(CHALLENGE, 'none'), '1A');
  assert.equal(await outcome('4242424242424242', 'challenge'), 'approved');
  assert.equal(await outcome('4000000000003055', 'auto'), 'approved');
  assert.equal(await outcome('4000000000003055', 'challenge'), 'action_required');
  assert.equal(await outcome('4000000000003097', 'auto'), 'approved');
  assert.equal(await outcome('4000000000003097', 'challenge'), '96');
  assert.equal(await outcome('4000009301100007', 'auto'), '1A');
  assert.equal(await outcome('4000009301100007', 'challenge'), 'action_required');
  assert.equal(await outcome('4000009300500009', 'auto'), 'authentication_rejected');
});

test('the browser check ends with the first look, in its frame or by going on', async (t) => {
  const { merchant } = await foundTown(t);
  const framed = await challenged(merchant, 'the-key-frame', '4000009300600007');
  await (await fetch(framed.action.method_url)).text();
  const end = await now(merchant, 'the-key-frame');
  assert.deepEqual([end.status, end.three_ds.flow], ['approved', 'frictionless']);
  const walked = await challenged(merchant, 'the-key-walk', '4000009300600007');
  assert.match(await (await fetch(walked.action.acs_url)).text(), /Checking your browser/);
  assert.equal((await fetch(`${walked.action.acs_url}/continue`, { redirect: 'manual' })).status, 303);
  assert.equal((await now(merchant, 'the-key-walk')).status, 'approved');
});

test('a creq posted to the page shows it and decides nothing', async (t) => {
  const { merchant } = await foundTown(t);
  const { action } = await challenged(merchant, 'the-key-creq');
  const answer = await fetch(action.acs_url, { method: 'POST', body: new URLSearchParams({ creq: action.creq }) });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /Is this you paying\?/);
  assert.equal((await now(merchant, 'the-key-creq')).status, 'action_required');
});
