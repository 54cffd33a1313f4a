/**
 * The answer to `GET /metrics`: what this process did, and what waits in the database. The latter is looked up once in some seconds at
 * most, however many ask; when the database does not answer, those numbers are missing and all others are there.
 */
import { gauge, type Sample } from '../lib/metrics.ts';
import { SECOND, type Timestamp } from '../lib/time.ts';
import { type Backlog, findBacklog, findDeliveryBacklog } from '../store/backlog.ts';
import { Unavailable } from '../store/database.ts';
import type { App } from './context.ts';
import { checkMetrics } from './health.ts';

/** How long one look at the backlog serves. */
const LOOK_EVERY_MS = 5 * SECOND;

/** Answers the text of all metrics. */
export type Measure = () => Promise<string>;

/** Makes what answers `GET /metrics`, with a memory of the last look at the database. */
export function createMeasure(app: App): Measure {
  let looked: { at: Timestamp; text: Promise<string> } | undefined;
  return async () => {
    const now = app.system.clock.now();
    if (looked === undefined || Math.abs(now - looked.at) >= LOOK_EVERY_MS) {
      looked = { at: now, text: backlogText(app, now) };
    }
    const parts = [checkText(app), looked.text].map((part) => missingWithoutDatabase(app, part));
    return app.metrics.text() + processText(app) + (await Promise.all(parts)).join('');
  };
}

async function missingWithoutDatabase(app: App, text: Promise<string>): Promise<string> {
  try {
    return await text;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    app.system.log.warn({ err: error }, 'metrics without those of the database');
    return '';
  }
}

async function backlogText(app: App, now: Timestamp): Promise<string> {
  const [backlog, deliveries] = await Promise.all([
    findBacklog(app.database, now),
    findDeliveryBacklog(app.database, now),
  ]);
  const work = [...backlog, deliveries.overdue];
  const late = ({ oldest }: Backlog) => (oldest === undefined ? 0 : Math.max(0, now - oldest) / SECOND);
  return (
    gauge(
      { name: 'tender_work_due', help: 'Rows that are due, by kind of work; counted up to 1000.' },
      work.map(({ kind, due }) => ({ labels: { kind }, value: due })),
    ) +
    gauge(
      { name: 'tender_work_late_seconds', help: 'How long the oldest row has been due, by kind of work.' },
      work.map((one) => ({ labels: { kind: one.kind }, value: late(one) })),
    ) +
    gauge(
      { name: 'tender_deliveries_pending', help: 'Deliveries that are not over; counted up to 1000 an endpoint.' },
      [{ value: deliveries.pending }],
    )
  );
}

function processText({ database, memory }: App): string {
  const { inUse, idle, waiting } = database.connections();
  const { residentBytes, heapBytes } = memory();
  const one = (value: number): Sample[] => [{ value }];
  return (
    gauge({ name: 'tender_database_connections', help: 'Connections of this process to the database, by state.' }, [
      { labels: { state: 'in_use' }, value: inUse },
      { labels: { state: 'idle' }, value: idle },
    ]) +
    gauge({ name: 'tender_database_waiting', help: 'Statements that wait for a connection.' }, one(waiting)) +
    gauge({ name: 'tender_memory_resident_bytes', help: 'Memory of this process.' }, one(residentBytes)) +
    gauge({ name: 'tender_memory_heap_bytes', help: 'Memory in use by objects of this process.' }, one(heapBytes))
  );
}

async function checkText(app: App): Promise<string> {
  const known = await checkMetrics(app);
  const findings = known?.check.findings ?? [];
  const once = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ value }]);
  return (
    gauge(
      { name: 'tender_invariant_violations', help: 'Objects that break the invariant, as the last check found them.' },
      findings
        .filter(({ unchecked }) => unchecked === undefined)
        .map(({ name, violations }) => ({ labels: { invariant: name }, value: violations })),
    ) +
    gauge(
      { name: 'tender_invariant_unchecked', help: '1 for each invariant that the last check could not look at.' },
      findings
        .filter(({ unchecked }) => unchecked !== undefined)
        .map(({ name }) => ({ labels: { invariant: name }, value: 1 })),
    ) +
    gauge(
      { name: 'tender_check_age_seconds', help: 'Seconds since the last check of all invariants ended.' },
      once(known && known.ageMs / SECOND),
    ) +
    gauge(
      { name: 'tender_check_duration_seconds', help: 'Seconds that the last check of all invariants took.' },
      once(known && known.check.tookMs / SECOND),
    )
  );
}
