import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DeclineCode } from '../../src/domain/decline.ts';
import { fromIso } from '../../src/lib/time.ts';
import { send } from '../../src/outbound.ts';
import type { Call, ChargeOrder, Outcome } from '../../src/processors/processor.ts';
import { createSandboxProcessor } from '../../src/processors/sandbox.ts';
import { deadPort, jsonAnswer, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const CARD = '4242424242424242';
const CODE = '917';
const KEY = 'att_0123456789abcdefghijklmn';
const MERCHANT_KEY = 'mk_canary_0123456789';

let bank: ScriptedServer;
before(async () => {
  bank = await startScriptedServer();
});
after(() => bank.close());

const warnings: unknown[] = [];
const processor = createSandboxProcessor({
  send,
  log: { warn: (...line: unknown[]) => void warnings.push(line) } as never,
  limits: { money: { totalTimeoutMs: 300 }, question: { totalTimeoutMs: 300 } },
});

function call(): Call {
  return {
    requestKey: KEY,
    credentials: { base_url: bank.url, merchant_key: MERCHANT_KEY, notification_secret: 'ns_x' },
  };
}

const order: ChargeOrder = {
  money: { amountMinor: 2000, currency: 'ZAR' },
  reference: 'order-7',
  initiator: 'customer',
  instrument: { type: 'card', card: { number: CARD, expMonth: 12, expYear: 2030, securityCode: CODE } },
  returnUrl: 'https://shop.example/back',
  authentication: 'auto',
};

const approved = {
  id: 'C-0123456789ABCDEF',
  request_key: KEY,
  intent: 'charge',
  amount: { value: 2000, currency: 'ZAR' },
  reference: 'order-7',
  initiator: 'customer',
  created_at: '2026-11-22T10:00:00.000Z',
  version: 1,
  status: 'approved',
  response: { code: '00', text: 'Approved', cvc: 'match' },
  approved_amount: { value: 2000, currency: 'ZAR' },
  network_transaction_id: '012345678901234',
  approval_code: '123456',
  card: {
    schemes: ['visa'],
    type: 'credit',
    country: 'US',
    bin: '424242',
    last4: '4242',
    exp_month: 12,
    exp_year: 2030,
  },
  captures: [],
  voids: [],
  refunds: [],
};

/** The outcome of a charge that is answered with `raw`, bytes as they are. */
async function charged(raw: string, changes: Partial<ChargeOrder> = {}): Promise<Outcome> {
  bank.script((socket) => socket.write(raw));
  const outcome = await processor.charge({ ...order, ...changes }, call());
  const told = JSON.stringify([outcome, warnings]);
  for (const secret of [CARD, MERCHANT_KEY, `"${CODE}"`, `:${CODE}`])
    assert.ok(!told.includes(secret), `${secret} in ${told}`);
  return outcome;
}

const answered = (body: object, status = 201): Promise<Outcome> => charged(jsonAnswer(JSON.stringify(body), status));
const brief = (outcome: Outcome): string =>
  outcome.kind === 'unknown'
    ? `unknown ${outcome.why}${outcome.alarm ? ' alarm' : ''}`
    : outcome.kind === 'declined'
      ? `declined ${outcome.stage} ${outcome.code}`
      : outcome.kind;

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

test('an approval that repeats the question is approved, with what is worth keeping', async () => {
  assert.deepEqual(await answered({ ...approved, token: 'T-0123456789ABCDEF' }), {
    kind: 'approved',
    ref: 'C-0123456789ABCDEF',
    networkTransactionId: '012345678901234',
    token: 'T-0123456789ABCDEF',
    approvalCode: '123456',
    card: { scheme: 'visa', type: 'credit', country: 'US' },
  });
});

test('an approval that differs from the question in anything is unknown and raises the alarm', async () => {
  const lies: Record<string, object> = {
    'the amount': { amount: { value: 2001, currency: 'ZAR' } },
    'the currency': { amount: { value: 2000, currency: 'USD' } },
    'the reference': { reference: 'order-8' },
    'the key': { request_key: 'att_other' },
    'the intent': { intent: 'authorize' },
    'less approved': { approved_amount: { value: 1000, currency: 'ZAR' } },
    'more approved': { approved_amount: { value: 2001, currency: 'ZAR' } },
    'another currency approved': { approved_amount: { value: 2000, currency: 'USD' } },
    'a code of a verification': { response: { code: '85' } },
    'a code of a decline': { response: { code: '51' } },
    'declined with 00': { status: 'declined' },
  };
  for (const [what, lie] of Object.entries(lies)) {
    const outcome = await answered({ ...approved, ...lie });
    assert.equal(brief(outcome), 'unknown contradiction alarm', what);
    assert.equal(outcome.kind === 'unknown' && outcome.ref, approved.id, what);
  }
});

test('an answer in which anything is missing, or of another type, is unknown and raises the alarm', async () => {
  for (const name of [
    'id',
    'request_key',
    'intent',
    'amount',
    'reference',
    'created_at',
    'status',
    'response',
    'approved_amount',
  ]) {
    const { [name as keyof typeof approved]: _left, ...rest } = approved;
    assert.match(brief(await answered(rest)), /^unknown (unreadable|contradiction) alarm$/, `without ${name}`);
    for (const other of [null, 7.5, [], '', { value: '2000', currency: 'ZAR' }]) {
      assert.match(
        brief(await answered({ ...approved, [name]: other })),
        /^unknown \w+ alarm$/,
        `${name} = ${JSON.stringify(other)}`,
      );
    }
  }
});

test('an unknown status word is unknown; a known one with an unlisted response code is a generic decline', async () => {
  assert.equal(brief(await answered({ ...approved, status: 'settled' })), 'unknown unknown_status alarm');
  assert.equal(
    brief(await answered({ ...approved, status: 'declined', response: { code: '77' } })),
    'declined issuer generic_decline',
  );
});

test('a decline carries our code, the bank’s words and the card’s facts', async () => {
  const declined = { ...approved, status: 'declined', response: { code: '05', advice: '21', text: 'Do not honor' } };
  const outcome = await answered({ ...declined, card: { ...approved.card, schemes: ['mastercard'] } });
  assert.equal(brief(outcome), 'declined issuer do_not_honor');
  assert.deepEqual(outcome.kind === 'declined' && outcome.raw, { response: '05', advice: '21' });
  assert.deepEqual(outcome.kind === 'declined' && outcome.card?.scheme, 'mastercard');
});

test('a co-badged card declines by the rules of its international scheme', async () => {
  const body = { ...approved, status: 'declined', response: { code: 'R1' } };
  assert.equal(
    brief(await answered({ ...body, card: { schemes: ['cartes_bancaires', 'visa'] } })),
    'declined issuer revocation_of_authorization',
  );
  assert.equal(brief(await answered({ ...body, card: undefined })), 'declined issuer generic_decline');
});

test('where no bank answered, the reason is the code', async () => {
  const reasons: [string, DeclineCode][] = [
    ['authentication_failed', 'authentication_failed'],
    ['authentication_rejected', 'authentication_rejected'],
    ['authentication_abandoned', 'authentication_abandoned'],
    ['cancelled_by_payer', 'approval_declined'],
    ['action_expired', 'approval_timeout'],
    ['something_new', 'generic_decline'],
  ];
  for (const [reason, code] of reasons) {
    const outcome = await answered({ ...approved, status: 'declined', response: undefined, reason });
    assert.equal(brief(outcome), `declined issuer ${code}`, reason);
  }
});

test('an action is handed on with its deadline, and one that cannot be followed raises the alarm', async () => {
  const waiting = { ...approved, status: 'action_required', response: undefined, approved_amount: undefined };
  const action = {
    type: 'three_ds',
    acs_url: 'http://127.0.0.1:1/acs/x',
    creq: 'eyJ9',
    expires_at: '2026-11-22T10:10:00Z',
  };
  assert.deepEqual(await answered({ ...waiting, action }), {
    kind: 'action_required',
    ref: approved.id,
    action: { type: 'three_ds', acsUrl: 'http://127.0.0.1:1/acs/x', creq: 'eyJ9' },
    expiresAt: fromIso('2026-11-22T10:10:00Z'),
    card: { scheme: 'visa', type: 'credit', country: 'US' },
  });
  const bad: object[] = [
    { acs_url: 'javascript:alert(1)' },
    { acs_url: 'https://user:pw@bank.example/' },
    { creq: '"><script>' },
    { type: 'dance' },
    { expires_at: 'soon' },
  ];
  for (const change of [undefined, ...bad]) {
    const outcome = await answered({ ...waiting, action: change && { ...action, ...change } });
    assert.equal(brief(outcome), 'unknown unreadable alarm', JSON.stringify(change));
  }
});

test('documented refusals moved nothing; the same words in another shape prove nothing', async () => {
  const error = (code: string) => ({ error: { code, message: 'no' } });
  const cases: [number, object, string][] = [
    [400, error('invalid_request'), 'declined processor processor_refused'],
    [401, error('unknown_key'), 'declined processor processor_refused'],
    [413, error('too_large'), 'declined processor processor_refused'],
    [422, error('agreement_mismatch'), 'declined processor processor_refused'],
    [429, error('slow_down'), 'declined processor processor_refused'],
    [409, error('request_in_progress'), 'unknown in_progress'],
    [422, error('request_key_reused'), 'unknown key_reused alarm'],
    [422, error('something_new'), 'unknown unreadable alarm'],
    [409, error('something_new'), 'unknown unreadable alarm'],
    [429, { message: 'slow down' }, 'unknown unreadable alarm'],
    [418, error('invalid_request'), 'unknown unreadable alarm'],
    [500, error('invalid_request'), 'unknown server_error'],
    [503, approved, 'unknown server_error'],
    [302, approved, 'unknown redirected alarm'],
    [202, approved, 'unknown unreadable alarm'],
  ];
  for (const [status, body, expected] of cases) {
    assert.equal(brief(await answered(body, status)), expected, `${status} ${JSON.stringify(body)}`);
  }
});

test('a body that is no plain JSON object is unknown and raises the alarm', async () => {
  const whole = JSON.stringify(approved);
  const bodies = [
    '',
    'OK',
    whole.slice(0, -20),
    `${whole}${whole}`,
    `[${whole}]`,
    'null',
    whole.replace('"status"', '"status":"declined","status"'),
    whole.replace('{', '{"__proto__":{"status":"approved"},'),
    whole.replace('"captures":[]', `"captures":${'['.repeat(100)}${']'.repeat(100)}`),
  ];
  for (const body of bodies)
    assert.equal(brief(await charged(jsonAnswer(body))), 'unknown unreadable alarm', body.slice(0, 60));
  const html = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${whole.length}\r\n\r\n${whole}`;
  assert.equal(brief(await charged(html)), 'unknown unreadable alarm');
  assert.equal(brief(await charged(html.replace('Content-Type: text/html\r\n', ''))), 'unknown unreadable alarm');
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

test('a look-up is read like an answer, and nothing under the key is said to be nothing', async () => {
  const ask = (raw: string, ref?: string) => {
    bank.script((socket) => socket.write(raw));
    return processor.lookup(
      { operation: 'charge', money: order.money, reference: 'order-7', ...(ref && { ref }) },
      call(),
    );
  };
  const found = await ask(jsonAnswer(JSON.stringify({ data: [approved] })), approved.id);
  assert.equal(found.kind === 'found' && found.outcome.kind, 'approved');
  assert.match(bank.seen.heads.at(-1)!, new RegExp(`^GET /v1/charges\\?request_key=${KEY} `));
  assert.equal((await ask(jsonAnswer('{"data":[]}'))).kind, 'not_found');
  const doubtful: [string, string?][] = [
    [jsonAnswer(JSON.stringify({ data: [approved, approved] }))],
    [jsonAnswer(JSON.stringify({ data: [approved] })), 'C-OTHER'],
    [jsonAnswer(JSON.stringify({ data: [{ ...approved, amount: { value: 1, currency: 'ZAR' } }] }))],
    [jsonAnswer('{}')],
    [jsonAnswer('{"error":{"code":"no","message":"no"}}', 404)],
    [jsonAnswer('{}', 500)],
  ];
  for (const [raw, ref] of doubtful) assert.equal((await ask(raw, ref)).kind, 'unknown', raw);
});

test('a step is found under its own key, and its amount, charge and reference must agree', async () => {
  const step = { id: 'K-1', request_key: KEY, amount: { value: 500, currency: 'ZAR' }, status: 'succeeded' };
  const asked = {
    chargeRef: approved.id,
    charge: order.money,
    reference: 'order-7',
    money: { amountMinor: 500, currency: 'ZAR' },
  };
  const captured = async (changes: object, own: object = {}) => {
    bank.script((socket) =>
      socket.write(jsonAnswer(JSON.stringify({ ...approved, captures: [{ ...step, ...own }], ...changes }), 201)),
    );
    return brief(await processor.capture(asked, call()));
  };
  assert.equal(await captured({}), 'approved');
  assert.match(bank.seen.heads.at(-1)!, new RegExp(`^POST /v1/charges/${approved.id}/captures `));
  assert.deepEqual(JSON.parse(bank.seen.bodies.at(-1)!), { amount: { value: 500, currency: 'ZAR' } });
  assert.equal(await captured({}, { status: 'pending' }), 'pending');
  assert.equal(await captured({}, { status: 'failed', failure: 'refused' }), 'declined issuer generic_decline');
  assert.equal(await captured({}, { status: 'odd' }), 'unknown unknown_status alarm');
  assert.equal(await captured({}, { amount: { value: 501, currency: 'ZAR' } }), 'unknown contradiction alarm');
  assert.equal(await captured({}, { request_key: 'other' }), 'unknown unreadable alarm');
  assert.equal(await captured({ id: 'C-2' }), 'unknown contradiction alarm');
  assert.equal(await captured({ reference: 'x' }), 'unknown contradiction alarm');
  assert.equal(await captured({ amount: { value: 1, currency: 'ZAR' } }), 'unknown contradiction alarm');
});
