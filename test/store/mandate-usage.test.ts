/** What a charge is decided on is read with as many rows after 100,000 charges as after ten. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findMandateFacts } from '../../src/store/charge-facts.ts';
import type { Reader } from '../../src/store/database.ts';
import { compile } from '../../src/store/sql.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
let series: Json;
before(async () => {
  app = await testApp();
  series = await paidSeries(app);
});
after(() => app.close());

const MANY = 100_000;

/** Terms that make the rules look at everything. */
const EVERYTHING = {
  type: 'scheduled',
  currency: 'ZAR',
  amount: { minMinor: 1, maxMinor: 20_000 },
  recurrence: { type: 'daily', intervalCount: 1 },
  periodLimits: [
    { period: 'day', maxCount: 1_000, window: { mode: 'calendar' } },
    { period: 'month', maxAmountMinor: 999_999_999, window: { mode: 'calendar' } },
  ],
  spacing: { unit: 'hour', count: 1 },
  retry: { maxAttempts: 3 },
  timeZone: 'UTC',
};

/** Charges number `from` to `to` that were counted, one a day, the last of 100,000 yesterday. */
async function history(from: number, to: number): Promise<void> {
  await app.database.query(
    `insert into mandate_charges (tenant_id, series_id, payment_id, mandate_id, occurrence, effective_date, started_at, amount,
       counted_amount, state, windows)
     select $1, $2, 'pay_' || lpad(i::text, 24, '0'), $2, day, day, day, 100, 100, 'counted',
       json_build_array(json_build_object('start', day, 'end', day), json_build_object('start', date_trunc('month', day)::date, 'end', day))
     from (select i, '2026-11-22'::date - (${MANY} - i + 1) as day from generate_series($3::int, $4::int) i) d`,
    [app.tenantId, series.mandate_id, from, to],
  );
  await app.database.query(
    `insert into mandate_windows (tenant_id, series_id, limit_number, window_start, window_end, used_count, used_amount)
     select tenant_id, series_id, 0, effective_date, effective_date, 1, 100 from mandate_charges
     where series_id = $1 and payment_id between $2 and $3`,
    [series.mandate_id, ...[from, to].map((number) => `pay_${String(number).padStart(24, '0')}`)],
  );
  await app.database.query('analyze');
}

/** A reader that answers as the database does, and counts the rows that the plan of each statement touched. */
function counting(seen: { rows: number }): Reader {
  return {
    async read<Row>(statement: Parameters<Reader['read']>[0]): Promise<Row[]> {
      const { text } = compile(statement);
      const [plan] = await app.database.query<Json>(`explain (analyze, format json) ${text}`, [...statement.values]);
      seen.rows += rowsOf(JSON.parse(plan['QUERY PLAN'])[0].Plan);
      return app.database.query<Row>(text, [...statement.values]);
    },
  };
}

/** Rows that scans produced or threw away: what joins and sums do with them afterwards costs nothing more. */
function rowsOf(node: Json): number {
  const below = (node.Plans ?? []).reduce((sum: number, child: Json) => sum + rowsOf(child), 0);
  if (!/Scan/.test(node['Node Type'])) return below;
  return below + node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
}

test('one evaluation reads as many rows after 100,000 charges as after 300', async () => {
  const { query } = app.database;
  // Charges without payments: what is read of them is the same, and making them is not what is measured.
  await query('alter table mandate_charges drop constraint mandate_charges_tenant_id_payment_id_fkey');
  await query("update mandates set terms = $1, type = 'scheduled' where id = $2", [
    JSON.stringify(EVERYTHING),
    series.mandate_id,
  ]);
  const asked = { mandateId: series.mandate_id, reach: 37 };
  const figures: number[] = [];
  for (const [from, to] of [
    [MANY - 299, MANY],
    [1, MANY - 300],
  ] as const) {
    await history(from, to);
    const seen = { rows: 0 };
    const facts = await findMandateFacts(counting(seen), app.tenantId, asked);
    const { windows, usedOccurrences, recent } = facts!.usage;
    assert.deepEqual([windows.length, usedOccurrences.length, recent.length], [4 * 37, 37, 200]);
    figures.push(seen.rows);
  }
  console.log(`rows read for one evaluation: ${figures[0]} after 300 charges, ${figures[1]} after ${MANY}`);
  assert.equal(figures[1], figures[0]);
});
