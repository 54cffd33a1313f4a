/** The sandbox connector’s reading of answers: the truth, and every lie and gap an answer can have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeclineCode } from '../../src/domain/decline.ts';
import { fromIso } from '../../src/lib/time.ts';
import { jsonAnswer } from '../support/scripted-server.ts';
import { answered, approved, bank, brief, call, charged, KEY, order, processor } from './recorded-answers.ts';

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

test('a doubtful answer about a step names no processor id: the charge’s is not the step’s, and later answers would be held to it', async () => {
  const step = { id: 'K-0123456789ABCDEF', request_key: KEY, amount: approved.amount, status: 'succeeded' };
  const { amount: _, ...lacking } = approved;
  const stepOrder = {
    chargeRef: approved.id,
    charge: order.money,
    reference: order.reference,
    money: order.money,
  };
  bank.script((socket) => socket.write(jsonAnswer(JSON.stringify({ ...lacking, captures: [step] }), 201)));
  const doubtful = await processor.capture(stepOrder, call());
  assert.equal(brief(doubtful), 'unknown unreadable alarm');
  assert.equal(doubtful.kind === 'unknown' && doubtful.ref, undefined);
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
