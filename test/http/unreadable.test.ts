/** What is hardly HTTP: answered like everything else, and then the connection is closed. Spoken over bare sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { ERRORS } from '../../src/domain/errors.ts';
import { answerUnreadable } from '../../src/http/unreadable.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

/** Sends bytes and reads until the server closes. */
async function spoken(
  bytes: string | Buffer,
): Promise<{ status: number; head: string; body: Record<string, unknown> }> {
  const socket = net.connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write(bytes);
  return read(await text(socket));
}

function read(answer: string) {
  const [head, body] = answer.split('\r\n\r\n', 2);
  return { status: Number(head!.split(' ')[1]), head: head!, body: JSON.parse(body!) };
}

function isProblem(answer: { status: number; head: string; body: Record<string, unknown> }, code: keyof typeof ERRORS) {
  assert.equal(answer.status, ERRORS[code].status);
  assert.equal(answer.body.code, code);
  assert.equal(answer.body.status, ERRORS[code].status);
  const requestId = /^request-id: (req_\w{24})\r?$/im.exec(answer.head)?.[1];
  assert.equal(answer.body.request_id, requestId);
  assert.equal(answer.body.instance, `urn:tender:request:${requestId}`);
  assert.match(answer.head, /^content-type: application\/problem\+json/im);
}

test('headers of more than 8 KiB are 431', async () => {
  const answer = await spoken(`GET /collect/events HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(9_000)}\r\n\r\n`);
  isProblem(answer, 'headers_too_large');
  assert.match(answer.head, /^connection: close/im);
});

test('what is no HTTP at all is 400, and is not repeated', async () => {
  const answer = await spoken('4111111111111111 give me money\r\n\r\n');
  isProblem(answer, 'invalid_request');
  assert.equal(JSON.stringify(answer.body).includes('4111111111111111'), false);
});

test('an address that cannot be decoded is 400', async () => {
  const answer = await spoken('GET /collect/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  isProblem(answer, 'invalid_request');
});

test('two lengths for one body are refused, so that nothing can hide behind it', async () => {
  const head = 'POST /collect/customers HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n';
  isProblem(await spoken(`${head}0\r\n\r\n{}`), 'invalid_request');
});

test('two Idempotency-Keys in one request are refused: which one would it be', async () => {
  const body = '{"name":"A"}';
  const head = [
    'POST /collect/customers HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${app.merchant.secretKey}`,
    'Idempotency-Key: one',
    'Idempotency-Key: two',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  isProblem(await spoken(`${head.join('\r\n')}\r\n\r\n${body}`), 'idempotency_key_invalid');
});

test('a body in another encoding than UTF-8 is refused, not guessed at', async () => {
  const body = '{"name":"Jos\xe9"}';
  const head = [
    'POST /collect/customers HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${app.merchant.secretKey}`,
    'Idempotency-Key: latin-1',
    'Content-Type: application/json; charset=iso-8859-1',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  isProblem(await spoken(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')), 'invalid_request');
});

test('a request that does not arrive in time is 408', async () => {
  const server = net.createServer((socket) =>
    answerUnreadable(Object.assign(new Error('timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket, {
      requestId: `req_${'0'.repeat(24)}`,
      docsUrl: 'http://localhost',
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = read(await text(net.connect((server.address() as AddressInfo).port, '127.0.0.1')));
  isProblem(answer, 'request_timeout');
  server.close();
});
