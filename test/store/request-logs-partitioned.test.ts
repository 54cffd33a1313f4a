/** A large installation may make the request log a table of partitions, one a day: everything that is asked of it stays the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { forgetOldRequestLogs } from '../../src/app/request-logs.ts';
import { firstIdAt } from '../../src/lib/ids.ts';
import { DAY, plus, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ requestLog: true });
});
after(() => app.close());

test('on a table of one partition a day requests are written, listed, found and dropped as on a plain one', async () => {
  const today = app.clock.now();
  await app.database.query('alter table request_logs rename to request_logs_plain');
  await app.database.query(
    'create table request_logs (like request_logs_plain including defaults including constraints, primary key (tenant_id, id)) partition by range (id)',
  );
  for (const [n, day] of [0, 1, 2].entries()) {
    const [from, to] = [plus(today, (day - 0.5) * DAY), plus(today, (day + 0.5) * DAY)];
    await app.database.query(
      `create table request_logs_${n} partition of request_logs for values from ('${firstIdAt('req', from)}') to ('${firstIdAt('req', to)}')`,
    );
  }
  const asked: string[] = [];
  for (const path of ['/collect/payments', '/collect/customers', '/collect/events']) {
    asked.unshift((await app.merchant.call('GET', path)).headers.get('request-id') as string);
    await app.program.requestLog!.flush();
    app.clock.advance(DAY);
  }
  const ids = async (): Promise<string[]> =>
    (await app.merchant.call('GET', '/collect/request_logs')).body.data.map((row: Json) => row.id);
  assert.deepEqual(await ids(), asked);
  assert.equal((await app.merchant.call('GET', `/collect/request_logs/${asked[2]}`)).body.path, '/collect/payments');
  const counts = await app.database.query<{ n: number }>(
    'select count(*)::int as n from request_logs group by tableoid',
  );
  assert.deepEqual(counts, [{ n: 1 }, { n: 1 }, { n: 1 }]);
  app.clock.advance(SECOND);
  assert.equal(await forgetOldRequestLogs(app.program.app, 2), 2);
  assert.deepEqual(await ids(), asked.slice(0, 1));
});
