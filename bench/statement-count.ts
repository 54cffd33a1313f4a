/** Round trips: every statement of a create and of a payment with a saved card, counted where they leave for the database. */
import { join } from 'node:path';
import { compose, serverFor } from '../src/compose.ts';
import { realSystem } from '../src/system.ts';
import { loadMasterKey } from '../src/vault/master-key.ts';
import { type Figure, figure } from './figures.ts';
import { Line } from './http-load.ts';
import { createSession, payWithSavedCard, savedCard } from './payments.ts';
import type { MeasuredServer } from './server.ts';

/** A second server on the same database, with a watch on its statements; its worker does not run. */
export async function countRoundTrips(target: MeasuredServer): Promise<Figure> {
  let statements = 0;
  const watch = {
    before: () => {
      statements++;
    },
    after: () => undefined,
  };
  const masterKey = loadMasterKey({ file: join(target.dataDir, 'master.key') });
  const program = compose({
    system: realSystem('error'),
    databaseUrl: target.databaseUrl,
    vaultUrl: target.databaseUrl,
    masterKey,
    connections: 4,
    prepared: true,
    checkoutUrl: 'http://localhost',
    allowLoopbackWebhooks: true,
    watch,
  });
  const server = await serverFor(program, { publicUrl: 'http://localhost', rateLimitPerSecond: 0, masterKey });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const line = new Line(new URL(url));
  try {
    const token = await savedCard(target, line);
    const body = { amount: 20_000, currency: 'ZAR', options: { customer_id: token.customer_id } };
    const count = async (work: () => Promise<unknown>): Promise<number> => {
      const before = statements;
      await work();
      return statements - before;
    };
    const smallest = await count(() => createSession(target, line, { amount: 200, currency: 'ZAR' }));
    const session = await createSession(target, line, body);
    const payment = await count(() => payWithSavedCard(line, session, token.payment_method_id));
    const next = {
      amount: 10_000,
      currency: 'ZAR',
      type: 'next_in_series',
      options: { customer_id: token.customer_id, payment_method_id: token.payment_method_id },
    };
    const charge = await count(() => createSession(target, line, next));
    process.stderr.write(
      `round trips: create ${smallest}, page and payment with a saved card ${payment}, next_in_series ${charge}\n`,
    );
    if (smallest > 2) throw new Error(`a create cost ${smallest} round trips; two are allowed`);
    return figure('round_trips', Math.max(payment, charge));
  } finally {
    line.close();
    await server.close();
    await program.close();
  }
}
