/** The sandbox behind TLS, where a connection can be reset before any byte of a request was possible. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { temporaryFolder } from './merchant.ts';

interface Told {
  status?: number;
  text?: string;
  error?: string;
}

test('over TLS it answers as ever, and a handshake can be reset', async (t) => {
  const tls = selfSigned();
  const sandbox = await startSandbox({ folder: temporaryFolder(t), sync: 'off', tls });
  t.after(() => sandbox.close());
  assert.match(sandbox.url, /^https:/);
  const ask = (method: string, path: string, body?: unknown): Promise<Told> =>
    new Promise((resolve) => {
      const headers = { 'control-key': sandbox.controlKey };
      const req = request(sandbox.url + path, { method, headers, agent: false, ca: tls.cert }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
      });
      req.on('error', (error: NodeJS.ErrnoException) => resolve({ error: String(error.code) }));
      req.end(body === undefined ? undefined : JSON.stringify(body));
    });
  assert.match((await ask('GET', '/health')).text ?? '', /tender-sandbox/);
  assert.equal((await ask('POST', '/control/faults', { kind: 'reset_tls', times: 2 })).status, 201);
  for (let i = 0; i < 2; i++) assert.equal((await ask('GET', '/health')).error, 'ECONNRESET');
  assert.equal((await ask('GET', '/health')).status, 200);
});
