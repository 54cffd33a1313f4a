/** The sandbox connector’s calls: what leaves, what never leaves, and what a broken connection amounts to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../src/processors/processor.ts';
import { deadPort, jsonAnswer, startScriptedServer } from '../support/scripted-server.ts';
import {
  answered,
  approved,
  bank,
  brief,
  CARD,
  CODE,
  call,
  charged,
  KEY,
  MERCHANT_KEY,
  order,
  processor,
} from './recorded-answers.ts';

test('what is sent names amount, reference, key and card once, and nothing that the interface does not know', async () => {
  await answered(approved);
  const [head, body] = [bank.seen.heads.at(-1)!, JSON.parse(bank.seen.bodies.at(-1)!)];
  assert.match(head, /^POST \/v1\/charges HTTP/);
  assert.match(head, new RegExp(`^request-key: ${KEY}\r?$`, 'm'));
  assert.match(head, new RegExp(`^merchant-key: ${MERCHANT_KEY}\r?$`, 'm'));
  assert.deepEqual(body, {
    intent: 'charge',
    amount: { value: 2000, currency: 'ZAR' },
    reference: 'order-7',
    initiator: 'customer',
    return_url: 'https://shop.example/back',
    method: { type: 'card', number: CARD, exp_month: 12, exp_year: 2030, cvc: CODE },
    three_ds: { preference: 'auto' },
  });
});

test('the same order twice is the same bytes', async () => {
  await answered(approved);
  await answered(approved);
  assert.equal(bank.seen.bodies.at(-1), bank.seen.bodies.at(-2));
  assert.equal(bank.seen.heads.at(-1), bank.seen.heads.at(-2));
});

test('a payer’s details that are too long or hold control characters are cut, not sent as they are', async () => {
  await charged(jsonAnswer(JSON.stringify(approved)), {
    payer: { ip: '::1', browser: `a\r\nb${'c'.repeat(600)}`, email: '' },
  });
  const { payer } = JSON.parse(bank.seen.bodies.at(-1)!);
  assert.deepEqual(Object.keys(payer), ['ip', 'browser']);
  assert.equal(payer.browser.length, 512);
  assert.equal(payer.browser.slice(0, 5), 'a  bc');
});

test('silence, a reset, a cut and a flood are unknown; only what was said wrongly raises the alarm', async () => {
  assert.equal(brief(await charged('')), 'unknown timeout');
  const head = 'HTTP/1.1 201 Made\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n';
  bank.script((socket) => socket.end(`${head}{"status":"approved"`));
  assert.equal(brief(await processor.charge(order, call())), 'unknown unreadable alarm');
  bank.script((socket) => socket.resetAndDestroy());
  assert.equal(brief(await processor.charge(order, call())), 'unknown reset');
  assert.equal(brief(await charged(`${head}${'x'.repeat(300_000)}`)), 'unknown too_large alarm');
});

test('a connection that never stood declines as not sent, whatever was asked', async () => {
  const credentials = { ...call().credentials, base_url: `http://127.0.0.1:${await deadPort()}` };
  const outcome = await processor.charge(order, { ...call(), credentials });
  assert.equal(brief(outcome), 'declined not_sent processor_unavailable');
  assert.equal(
    brief(await processor.charge(order, { ...call(), credentials: {} })),
    'declined not_sent processor_unavailable',
  );
  const resetting = await startScriptedServer({ mode: 'reset' });
  const behindTls = { ...credentials, base_url: resetting.url.replace('http:', 'https:') };
  const broken = await processor.charge(order, { ...call(), credentials: behindTls });
  assert.equal(brief(broken), 'declined not_sent processor_unavailable');
  assert.equal(resetting.seen.connections, 1);
  await resetting.close();
  const found = await processor.lookup(
    { operation: 'charge', money: order.money, reference: 'order-7' },
    { ...call(), credentials },
  );
  assert.equal(found.kind, 'unknown');
  const reversal = await processor.reverse?.({ onlyUndecided: false }, { ...call(), credentials });
  assert.equal(reversal?.kind, 'not_sent');
});

test('what the interface does not offer is refused before any connection', async () => {
  const connections = bank.seen.connections;
  const requests = bank.seen.requests;
  const subsequent = { use: 'subsequent', type: 'recurring' } as const;
  const { returnUrl: _none, ...homeless } = order;
  const refused: Outcome[] = [
    await processor.charge({ ...order, initiator: 'merchant' }, call()),
    await processor.charge({ ...order, initiator: 'merchant', agreement: subsequent }, call()),
    await processor.charge(homeless, call()),
    await processor.charge({ ...order, money: { amountMinor: 0, currency: 'ZAR' } }, call()),
    await processor.verify(order, call()),
  ];
  for (const outcome of refused) assert.equal(brief(outcome), 'declined not_sent not_supported');
  assert.deepEqual([bank.seen.connections, bank.seen.requests], [connections, requests]);
});

test('a merchant-initiated charge sends the network’s id and neither security code, return address nor challenge', async () => {
  await charged(jsonAnswer(JSON.stringify({ ...approved, initiator: 'merchant' })), {
    initiator: 'merchant',
    agreement: { use: 'subsequent', type: 'unscheduled', networkTransactionId: '012345678901234' },
  });
  const body = JSON.parse(bank.seen.bodies.at(-1)!);
  assert.deepEqual(body.agreement, {
    use: 'subsequent',
    type: 'unscheduled',
    network_transaction_id: '012345678901234',
  });
  assert.deepEqual([body.method.cvc, body.return_url, body.three_ds], [undefined, undefined, undefined]);
});

test('a caller who gives up leaves the result unknown', async () => {
  const patience = new AbortController();
  bank.script(() => patience.abort());
  const outcome = await processor.charge(order, { ...call(), signal: patience.signal });
  assert.equal(brief(outcome), 'unknown aborted');
});

test('a processor that repeats the card and the keys in its answer puts them into no evidence and no log line', async () => {
  const spaced = '4242 4242 4242 4242';
  const page = `<p>${CARD} ${spaced} ${CODE} cvc "cvc":"${CODE}" ${MERCHANT_KEY} Bearer abcdefghijklmnop \u0000</p>`;
  const outcome = await charged(
    `HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
  );
  const text = JSON.stringify(outcome);
  for (const secret of [spaced, CODE, 'abcdefghijklmnop', '\\u0000']) assert.ok(!text.includes(secret), text);
  assert.equal(outcome.kind === 'unknown' && outcome.evidence.status, 502);
});
