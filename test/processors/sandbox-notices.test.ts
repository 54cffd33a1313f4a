/** The sandbox’s notifications: genuine, fresh and readable, or rejected with one of three words. */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { Timestamp } from '../../src/lib/time.ts';
import type { RawNotification } from '../../src/processors/processor.ts';
import { readNotice } from '../../src/processors/sandbox-notices.ts';

const NOW = 1_795_000_000_000 as Timestamp;
const SECRET = 'ns_first_secret';

function signed(body: string, changes: { secret?: string; atSeconds?: number } = {}): RawNotification {
  const at = changes.atSeconds ?? NOW / 1000;
  const text = ['POST', '/processor/notify', at, 'nonce1', createHash('sha256').update(body).digest('hex')].join('\n');
  const mac = createHmac('sha512', changes.secret ?? SECRET)
    .update(text)
    .digest('hex');
  return {
    method: 'POST',
    path: '/processor/notify',
    headers: { 'sandbox-signature': `k=0a1b2c3d;t=${at};n=nonce1;m=${mac}` },
    body,
    credentials: { notification_secret: SECRET },
    now: NOW,
  };
}

const told = JSON.stringify({
  notification_id: 'N-1',
  type: 'charge.approved',
  account: 'A-1',
  at: '2026-11-22T10:00:00Z',
  charge: { id: 'C-1', request_key: 'att_1', status: 'approved' },
});
const why = (raw: RawNotification): string => {
  const notice = readNotice(raw);
  return notice.kind === 'rejected' ? notice.why : notice.kind;
};

test('a notification signed rightly is a notice with its id, its key, its reference and the end it tells of', () => {
  const notice = { kind: 'notice', id: 'N-1', requestKey: 'att_1', ref: 'C-1', says: 'succeeded' };
  assert.deepEqual(readNotice(signed(told)), notice);
});

test('a notification of a step names the step that changed', () => {
  const steps = [
    { id: 'F-1', request_key: 'att_r1', status: 'succeeded' },
    { id: 'F-2', request_key: 'att_r2', status: 'failed' },
    { id: 'F-3', request_key: 'att_r3', status: 'succeeded' },
  ];
  const body = JSON.stringify({
    notification_id: 'N-2',
    type: 'refund.failed',
    charge: { id: 'C-1', request_key: 'a', refunds: steps },
  });
  const notice = { kind: 'notice', id: 'N-2', requestKey: 'att_r2', ref: 'F-2', says: 'declined' };
  assert.deepEqual(readNotice(signed(body)), notice);
});

test('a notification that may be about one of several steps names them all', () => {
  const steps = ['att_r1', 'att_r2', 'att_r3'].map((request_key, i) => ({
    id: `F-${i}`,
    request_key,
    status: 'failed',
  }));
  const charge = { id: 'C-1', request_key: 'a', refunds: steps };
  const notice = readNotice(signed(JSON.stringify({ notification_id: 'N-2', type: 'refund.failed', charge })));
  assert.ok(notice.kind === 'notice');
  assert.deepEqual([notice.requestKey, notice.otherKeys], ['att_r3', ['att_r1', 'att_r2']]);
});

test('a kind of notification that is unknown is a notice all the same', () => {
  assert.deepEqual(readNotice(signed('{"notification_id":"N-3","type":"weather.changed"}')), {
    kind: 'notice',
    id: 'N-3',
  });
});

test('one byte changed in body, path, method, time, nonce or signature is a bad signature', () => {
  const good = signed(told);
  const header = good.headers['sandbox-signature']!;
  const changed: Partial<RawNotification>[] = [
    { body: told.replace('approved', 'Approved') },
    { path: '/processor/notifY' },
    { method: 'PUT' },
    { headers: { 'sandbox-signature': header.replace(/t=(\d+)\d;/, 't=$19;') } },
    { headers: { 'sandbox-signature': header.replace('nonce1', 'nonce2') } },
    { headers: { 'sandbox-signature': header.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) } },
    { credentials: { notification_secret: 'ns_other' } },
    { credentials: {} },
    { credentials: { notification_secret: '' } },
  ];
  for (const change of changed) assert.equal(why({ ...good, ...change }), 'bad_signature', JSON.stringify(change));
});

test('a header that is missing, doubled, cut or of another form is malformed', () => {
  const good = signed(told);
  const header = good.headers['sandbox-signature']!;
  const headers = [
    undefined,
    '',
    'v1,abc',
    header.slice(0, -1),
    `${header};t=1`,
    header.replace('k=', 'x='),
    header.repeat(9),
  ];
  for (const each of headers)
    assert.equal(why({ ...good, headers: { 'sandbox-signature': each } }), 'malformed', `${each}`);
});

test('a signature is good for five minutes before and after, to the second', () => {
  const at = NOW / 1000;
  assert.equal(why(signed(told, { atSeconds: at - 300 })), 'notice');
  assert.equal(why(signed(told, { atSeconds: at - 301 })), 'too_old');
  assert.equal(why(signed(told, { atSeconds: at + 300 })), 'notice');
  assert.equal(why(signed(told, { atSeconds: at + 301 })), 'too_old');
});

test('while one secret replaces the other both are accepted', () => {
  const credentials = { notification_secret: `ns_next ${SECRET}` };
  assert.equal(why({ ...signed(told), credentials }), 'notice');
  assert.equal(why({ ...signed(told, { secret: 'ns_next' }), credentials }), 'notice');
  assert.equal(why({ ...signed(told, { secret: 'ns_third' }), credentials }), 'bad_signature');
});

test('a body that is signed rightly but no notification is malformed', () => {
  for (const body of [
    '',
    'x',
    '[]',
    '{}',
    '{"notification_id":"N","notification_id":"M","type":"a"}',
    '{"notification_id":7,"type":"a"}',
  ]) {
    assert.equal(why(signed(body)), 'malformed', body);
  }
});
