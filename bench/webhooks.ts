/** From the commit of a change to the first try of its webhook, at 200 events a second. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Figure, figure } from './figures.ts';
import { Line } from './http-load.ts';
import { api, createSession } from './payments.ts';
import type { MeasuredServer } from './server.ts';

const PER_SECOND = 200;
const SECONDS = 8;

export async function measureWebhooks(target: MeasuredServer): Promise<Figure> {
  const delays: number[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const arrived = Date.now();
      response.writeHead(204).end();
      const { type, timestamp } = JSON.parse(body) as { type: string; timestamp: string };
      if (type === 'payment_session.created') delays.push(arrived - Date.parse(timestamp));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const lines = Array.from({ length: 4 }, () => new Line(new URL(target.ready.api_url)));
  const endpoint = (await api(target, lines[0]!, {
    method: 'POST',
    path: '/collect/webhook_endpoints',
    body: { url, event_types: ['payment_session.created'] },
  })) as { id: string };
  const total = PER_SECOND * SECONDS;
  const started = performance.now();
  await Promise.all(
    lines.map(async (line, lane) => {
      for (let n = lane; n < total; n += lines.length) {
        const due = started + (n / PER_SECOND) * 1_000;
        const wait = due - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        await createSession(target, line, { amount: 200, currency: 'ZAR' });
      }
    }),
  );
  for (let tries = 0; delays.length < total && tries < 100; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await api(target, lines[0]!, { method: 'DELETE', path: `/collect/webhook_endpoints/${endpoint.id}` });
  for (const line of lines) line.close();
  receiver.close();
  receiver.closeAllConnections();
  if (delays.length < total) throw new Error(`${total - delays.length} of ${total} webhooks did not arrive`);
  delays.sort((a, b) => a - b);
  process.stderr.write(
    `webhook delay: p50 ${delays[Math.floor(total / 2)]} ms, p99 ${delays[Math.floor(total * 0.99)]} ms of ${total}\n`,
  );
  return figure('webhook_delay', delays[Math.floor(total * 0.99)]!);
}
