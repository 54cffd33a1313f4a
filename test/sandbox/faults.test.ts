/** Faults: what is armed meets the call it was armed for, the book stays true, and firing survives a restart. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import cards from '../../data/sandbox-cards.json' with { type: 'json' };
import { faultKinds } from '../../src/sandbox/fault-kinds.ts';
import { card, foundTown, orderOf, type Town } from './merchant.ts';

interface Raw {
  /** `closed`: ended without an answer; `reset`: torn; `answer`: something readable as HTTP came. */
  end: 'closed' | 'reset' | 'answer' | 'half';
  status?: number;
  text: string;
}

/** One charge over a connection of its own, told as the caller's socket saw it. */
function rawCharge(town: Town, key: string, order: Record<string, unknown> = {}): Promise<Raw> {
  return new Promise((resolve) => {
    const req = request(`${town.sandbox.url}/v1/charges`, {
      method: 'POST',
      agent: false,
      headers: { 'merchant-key': town.merchant.key, 'request-key': key },
    });
    let begun = false;
    req.on('response', (res) => {
      begun = true;
      let text = '';
      res.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      res.on('error', () => resolve({ end: 'half', status: res.statusCode ?? 0, text }));
      res.on('end', () => resolve({ end: 'answer', status: res.statusCode ?? 0, text }));
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      // A reset in the middle of an answer is told to both; the answer tells how far it came.
      if (!begun) resolve({ end: /hang up/.test(error.message) ? 'closed' : 'reset', text: '' });
    });
    req.end(JSON.stringify(orderOf({ reference: key, ...order })));
  });
}

/** Real time that never passes: whatever would take a while happens in the next turn. */
function atOnce(_ms: number, then: () => void): () => void {
  const handle = setImmediate(then);
  return () => clearImmediate(handle);
}

async function stateOf(town: Town, key: string): Promise<unknown> {
  return (await town.rows()).find((row) => row.request_key === key)?.state;
}

test('before the charge: nothing is taken, whatever the caller sees', async (t) => {
  const town = await foundTown(t);
  const ends: Record<string, Partial<Raw>> = {
    reset_request: { end: 'closed' },
    http_500_before: { end: 'answer', status: 500 },
    http_503_before: { end: 'answer', status: 503 },
    rate_limited: { end: 'answer', status: 429 },
  };
  for (const [kind, seen] of Object.entries(ends)) {
    await town.arms(kind);
    const raw = await rawCharge(town, `the-key-${kind}`);
    assert.equal(raw.status, seen.status, kind);
    if (seen.end === 'answer') assert.equal(raw.end, 'answer', kind);
    else assert.match(raw.end, /closed|reset/, kind);
    assert.equal(await stateOf(town, `the-key-${kind}`), 'failed');
    assert.equal((await town.merchant.lookup(`the-key-${kind}`)).body.data.length, 0);
  }
  assert.deepEqual((await town.control('GET', '/book/check')).body.totals, {});
  assert.equal((await town.merchant.charge('the-key-rate_limited')).body.status, 'approved');
});

test('answers that get lost, break or lie: the charge is made, once, and a look-up tells it', async (t) => {
  const town = await foundTown(t);
  await town.merchant.charge('the-key-earlier', { reference: 'earlier' });
  const seen = async (kind: string): Promise<Raw> => {
    await town.arms(kind);
    const raw = await rawCharge(town, `the-key-${kind}`);
    assert.equal(await stateOf(town, `the-key-${kind}`), 'approved', kind);
    const [found] = (await town.merchant.lookup(`the-key-${kind}`)).body.data;
    assert.deepEqual([found.status, found.amount.value, found.reference], ['approved', 2000, `the-key-${kind}`], kind);
    return raw;
  };
  assert.match((await seen('answer_lost')).end, /closed|reset/);
  assert.equal((await seen('http_500_after_charge')).status, 500);
  assert.match((await seen('http_502_page')).text, /<html>/);
  assert.equal((await seen('reset_mid_answer')).end, 'half');
  assert.equal((await seen('truncated')).end, 'half');
  const malformed = await seen('malformed');
  assert.throws(() => JSON.parse(malformed.text));
  assert.ok((await seen('oversized')).text.length > 10_000_000);
  assert.equal((await seen('redirect')).status, 302);
  const lie = async (kind: string) => JSON.parse((await seen(kind)).text);
  assert.equal((await lie('wrong_amount')).amount.value, 2001);
  assert.notEqual((await lie('wrong_currency')).amount.currency, 'ZAR');
  assert.notEqual((await lie('wrong_reference')).reference, 'the-key-wrong_reference');
  assert.notEqual((await lie('wrong_status')).status, 'approved');
  assert.equal((await lie('missing_field')).amount, undefined);
  assert.notEqual((await lie('other_charge')).request_key, 'the-key-other_charge');
  assert.deepEqual((await town.control('GET', '/book/check')).body.violations, []);
});

test('silence: the caller hears nothing, the book knows whether it was charged', async (t) => {
  const town = await foundTown(t);
  for (const charged of [true, false]) {
    const key = `the-key-silent-${charged}`;
    await town.arms('silent', { params: { charged } });
    const answer = rawCharge(town, key);
    const stats = async () => (await town.control('GET', '/control/stats')).body.calls['POST /v1/charges'];
    while ((await stats()) !== (charged ? 1 : 2)) await new Promise(setImmediate);
    assert.equal(await stateOf(town, key), charged ? 'approved' : 'failed');
    void answer;
  }
});

test('slow and dripping answers come in real time', async (t) => {
  const waits: number[] = [];
  const town = await foundTown(t, {
    timer: (ms, then) => {
      waits.push(ms);
      const handle = setTimeout(then, 0);
      return () => clearTimeout(handle);
    },
  });
  await town.arms('slow', { params: { ms: 12_000 } });
  assert.equal((await rawCharge(town, 'the-key-slow')).status, 201);
  assert.deepEqual(waits, [12_000]);
  await town.arms('drip');
  const dripped = await rawCharge(town, 'the-key-drip');
  assert.equal(JSON.parse(dripped.text).status, 'approved');
  assert.ok(waits.length > 300);
});

test('processed_late decides later unless the key is reversed first, and remembers over a restart', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  await town.arms('processed_late', { params: { s: 30 }, times: 2 });
  const silent = [rawCharge(town, 'the-key-late-1'), rawCharge(town, 'the-key-late-2')];
  while ((await town.rows()).length < 2) await new Promise(setImmediate);
  assert.equal(await stateOf(town, 'the-key-late-1'), 'pending');
  assert.equal((await merchant.charge('the-key-late-1', { reference: 'the-key-late-1' })).status, 409);
  const body = { request_key: 'the-key-late-2' };
  assert.equal((await merchant.call('POST', '/v1/reversals', { key: 'the-key-undo', body })).body.status, 'closed');
  await town.restarts();
  await Promise.all(silent);
  await merchant.waits(31_000);
  assert.equal(await stateOf(town, 'the-key-late-1'), 'approved');
  assert.equal(await stateOf(town, 'the-key-late-2'), 'closed');
  assert.equal((await merchant.lookup('the-key-late-1')).body.data[0].status, 'approved');
});

test('the bank bent: declined, pending, approved for less', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  await town.arms('decline', { params: { code: '51', advice: '24' } });
  assert.deepEqual((await merchant.charge('the-key-decline')).body.response.advice, '24');
  await town.arms('pending', { params: { s: 60, end: 'declined' } });
  const pending = (await merchant.charge('the-key-pending', { reference: 'p' })).body;
  assert.deepEqual([pending.status, pending.response, pending.approved_amount], ['pending', undefined, undefined]);
  await merchant.waits(61_000);
  const ended = (await merchant.lookup('the-key-pending')).body.data[0];
  assert.deepEqual([ended.status, ended.response.code], ['declined', '05']);
  await town.arms('partial_approval', { params: { percent: 50 } });
  assert.equal((await merchant.charge('the-key-partial')).body.approved_amount.value, 1000);
});

test('look-ups that find nothing, fail, lag or contradict themselves', async (t) => {
  const town = await foundTown(t);
  const { merchant } = town;
  const found = async (key: string) =>
    (await merchant.lookup(key)).body.data?.map((one: { status: string }) => one.status);
  for (const key of ['nothing', 'error', 'stale', 'contradicts', 'forgets']) {
    await merchant.charge(`the-key-${key}`, { reference: key });
  }
  const about = (key: string) => ({ match: { request_key: `the-key-${key}` } });
  await town.arms('not_found_for', { params: { s: 30 }, ...about('nothing') });
  await town.arms('lookup_error', about('error'));
  await town.arms('lookup_stale', { params: { s: 30 }, ...about('stale') });
  await town.arms('lookup_contradicts', about('contradicts'));
  await town.arms('forgets', about('forgets'));
  assert.deepEqual([await found('the-key-nothing'), await found('the-key-nothing')], [[], []]);
  assert.deepEqual([await found('the-key-stale'), await found('the-key-stale')], [['pending'], ['pending']]);
  assert.deepEqual(
    [(await merchant.lookup('the-key-error')).status, await found('the-key-error')],
    [500, ['approved']],
  );
  assert.deepEqual(
    [await found('the-key-contradicts'), await found('the-key-contradicts')],
    [['approved'], ['declined']],
  );
  await town.restarts();
  assert.deepEqual([await found('the-key-nothing'), await found('the-key-forgets')], [[], []]);
  const undo = await merchant.call('POST', '/v1/reversals', {
    key: 'the-key-undo',
    body: { request_key: 'the-key-forgets' },
  });
  assert.equal(undo.status, 500);
  await merchant.waits(31_000);
  assert.deepEqual([await found('the-key-nothing'), await found('the-key-stale')], [['approved'], ['approved']]);
  assert.deepEqual(await found('the-key-forgets'), []);
});

test('match, after, times and probability choose the calls, the same ones under the same seed', async (t) => {
  const fired = async (): Promise<number[]> => {
    const town = await foundTown(t, { seed: 'one' });
    const match = { scheme: 'visa', amount: { min: 2000 }, operation: 'charge', account: 'shop' };
    await town.arms('decline', { match, after: 2, times: 3, probability: 0.5, seed: 'draw', label: 'some' });
    const declined: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { body } = await town.merchant.charge(`the-key-${i}`, {
        amount: { value: i < 5 ? 1999 : 2000, currency: 'ZAR' },
      });
      if (body.status === 'declined') declined.push(i);
    }
    return declined;
  };
  const first = await fired();
  assert.equal(first.length, 3);
  assert.ok(first.every((i) => i >= 7));
  assert.deepEqual(await fired(), first);
});

test('faults are listed with counters, removed one by one or all, and bad ones are refused by field', async (t) => {
  const town = await foundTown(t);
  const id = await town.arms('decline', { times: 2 });
  await town.arms('slow', { match: { request_key: 'the-key-other' } });
  await town.merchant.charge('the-key-1', { reference: 'a' });
  const [first] = (await town.control('GET', '/control/faults')).body.data;
  assert.deepEqual([first.id, first.fired, first.times], [id, 1, 2]);
  assert.match(id, /^X-/);
  assert.equal((await town.control('DELETE', `/control/faults/${id}`)).body.removed, 1);
  assert.equal((await town.control('DELETE', `/control/faults/${id}`)).status, 404);
  assert.equal((await town.control('DELETE', '/control/faults')).body.removed, 1);
  const refused = async (body: unknown) => (await town.control('POST', '/control/faults', body)).body.error?.field;
  assert.equal(await refused({ kind: 'meteor' }), 'kind');
  assert.equal(await refused({ kind: 'slow', params: { ms: -1 } }), 'params.ms');
  assert.equal(await refused({ kind: 'slow', params: { minutes: 1 } }), 'params.minutes');
  assert.equal(await refused({ kind: 'slow', match: { colour: 'red' } }), 'match.colour');
  assert.equal(await refused({ kind: 'down', match: { scheme: 'visa' } }), 'match');
  assert.equal(await refused({ kind: 'slow', probability: 2 }), 'probability');
});

test('an id of a fault is never given out again, not even after a restart', async (t) => {
  const town = await foundTown(t);
  const ids = [await town.arms('slow'), await town.arms('slow')];
  await town.control('DELETE', `/control/faults/${ids[0]}`);
  await town.restarts();
  ids.push(await town.arms('slow'), await town.arms('slow'));
  assert.equal(new Set(ids).size, 4);
  assert.equal((await town.control('GET', '/control/faults')).body.data.length, 3);
});

test('every profile arms faults that exist, and calm removes them all', async (t) => {
  const town = await foundTown(t);
  for (const name of ['soak', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8']) {
    const { status, body } = await town.control('POST', '/control/profiles', { name, seed: 'x' });
    assert.equal(status, 201);
    assert.ok(body.armed.length > 0);
    // Profile b7 resets connections, the operator's own among them.
    for (let calm = 0; calm !== 201; ) {
      calm = (await town.control('POST', '/control/profiles', { name: 'calm' }).catch(() => undefined))?.status ?? 0;
    }
    assert.deepEqual((await town.control('GET', '/control/faults')).body.data, []);
  }
  assert.ok(faultKinds.length > 35);
});

test('the soak profile slows the bank down and loses about one answer in fifty', async (t) => {
  const town = await foundTown(t, { timer: atOnce, seed: 'soak' });
  await town.control('POST', '/control/profiles', { name: 'soak', seed: 'seed-1' });
  assert.match((await town.control('GET', '/control/stats')).body.latency, /lognormal/);
  const ends = { answer: 0, declined: 0, lost: 0 };
  for (let i = 0; i < 200; i++) {
    const raw = await rawCharge(town, `the-key-${i}`);
    if (raw.end !== 'answer') ends.lost++;
    else if (JSON.parse(raw.text).status === 'declined') ends.declined++;
    else ends.answer++;
  }
  assert.ok(ends.lost >= 1 && ends.lost <= 12, JSON.stringify(ends));
  assert.ok(ends.declined >= 3 && ends.declined <= 22, JSON.stringify(ends));
  assert.deepEqual((await town.control('GET', '/book/check')).body.violations, []);
});

test('each card of family 98 does what its words say, once per key, without any tool', async (t) => {
  const town = await foundTown(t, { timer: atOnce });
  const family = cards.filter((row) => row.behaviour.startsWith('fault:'));
  assert.equal(family.length, 20);
  for (const row of family) {
    const key = `the-key-${row.number}`;
    if (row.behaviour.includes('silent')) continue;
    const raw = await rawCharge(town, key, { method: card(row.number) });
    const charged = await stateOf(town, key);
    const before = row.behaviour === 'fault:http_500_before';
    assert.equal(
      charged,
      before ? 'failed' : row.behaviour.includes('pending') ? 'pending' : 'approved',
      row.behaviour,
    );
    if (/answer_lost/.test(row.behaviour)) assert.match(raw.end, /closed|reset/);
    if (/malformed/.test(row.behaviour)) assert.throws(() => JSON.parse(raw.text));
  }
  const again = await rawCharge(town, 'the-key-4000009800100003', { method: card('4000009800100003') });
  assert.equal(again.status, 200);
  assert.deepEqual((await town.merchant.lookup('the-key-4000009801300008')).body.data, []);
  await town.merchant.waits(31_000);
  assert.equal((await town.merchant.lookup('the-key-4000009801300008')).body.data.length, 1);
  assert.equal(await stateOf(town, 'the-key-4000009801500003'), 'approved');
  assert.equal(await stateOf(town, 'the-key-4000009801600001'), 'declined');
});

test('a connection can be reset straight after the accept, and the whole sandbox can be gone for a while', async (t) => {
  const revived: (() => void)[] = [];
  const town = await foundTown(t, {
    timer: (ms, then) => {
      if (ms === 30_000) revived.push(then);
      return () => {};
    },
  });
  await town.arms('reset_accept');
  const first = await rawCharge(town, 'the-key-reset');
  assert.match(first.end, /reset|closed/);
  assert.equal(await stateOf(town, 'the-key-reset'), undefined);
  await town.arms('down', { params: { s: 30 } });
  const refused = await new Promise<string>((resolve) => {
    const socket = connect(town.sandbox.port, '127.0.0.1', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
  assert.equal(refused, 'ECONNREFUSED');
  for (const then of revived) then();
  for (;;) {
    const back = await rawCharge(town, 'the-key-back');
    if (back.status === 201) break;
  }
});
