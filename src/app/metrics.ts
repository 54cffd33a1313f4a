/**
 * What this process did, as numbers for monitoring. Written at the few places where something ends; it looks on, never waits and never
 * fails. No tenant, id, address or secret is a label. Every process has its own; sums over processes are the monitor's business.
 */
import { Counter, Histogram } from '../lib/metrics.ts';
import { SECOND } from '../lib/time.ts';
import type { Processor } from '../processors/processor.ts';
import type { Registry } from '../processors/registry.ts';
import type { ClaimedDelivery } from '../store/delivery-work.ts';
import type { Clock } from '../system.ts';
import type { TryResult } from './webhook-try.ts';

const LATENCY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DELAY_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600];

export class Metrics {
  readonly requests = new Histogram(
    { name: 'tender_http_request_seconds', help: 'Time to answer a request, by route, method and class of status.' },
    LATENCY_SECONDS,
  );
  readonly tries = new Counter({
    name: 'tender_webhook_tries_total',
    help: 'Tries to deliver an event that ended, by result.',
  });
  readonly firstTries = new Histogram(
    { name: 'tender_webhook_delay_seconds', help: 'Time from an event to the first try to deliver it.' },
    DELAY_SECONDS,
  );
  readonly calls = new Histogram(
    { name: 'tender_processor_call_seconds', help: 'Time of calls to processors, by operation and result.' },
    LATENCY_SECONDS,
  );
  readonly attempts = new Counter({
    name: 'tender_payment_attempts_total',
    help: 'Outcomes of attempts that were written down, by kind of attempt and outcome.',
  });

  /** A try ended. Only an event by the real clock has a delay that means something: another one may lie in the future. */
  tried({ tried }: TryResult, { tryCount, event }: Pick<ClaimedDelivery, 'tryCount' | 'event'>): void {
    this.tries.add({ result: tried.failure ?? 'success' });
    const delayMs = tried.at - event.occurredAt;
    if (tryCount === 0 && delayMs >= 0) this.firstTries.observe({}, delayMs / SECOND);
  }

  text(): string {
    return [this.requests, this.tries, this.firstTries, this.calls, this.attempts].map((one) => one.text()).join('');
  }
}

/** The registry with every call of its connectors timed. */
export function timedRegistry(registry: Registry, seen: { metrics: Metrics; clock: Clock }): Registry {
  const timed = new Map(
    registry.names.flatMap((name) => {
      const processor = registry.find(name);
      return processor === undefined ? [] : [[name, timedProcessor(processor, seen)] as const];
    }),
  );
  return { names: registry.names, find: (name) => timed.get(name) };
}

function timedProcessor(processor: Processor, { metrics, clock }: { metrics: Metrics; clock: Clock }): Processor {
  const { reverse } = processor;
  async function time<T extends { kind: string }>(operation: string, answer: Promise<T>): Promise<T> {
    const from = clock.now();
    const result = await answer;
    const labels = { processor: processor.name, operation, result: result.kind };
    metrics.calls.observe(labels, Math.max(0, clock.now() - from) / SECOND);
    return result;
  }
  return {
    ...processor,
    charge: (order, call) => time('charge', processor.charge(order, call)),
    authorize: (order, call) => time('authorize', processor.authorize(order, call)),
    verify: (order, call) => time('verify', processor.verify(order, call)),
    capture: (order, call) => time('capture', processor.capture(order, call)),
    void: (order, call) => time('void', processor.void(order, call)),
    refund: (order, call) => time('refund', processor.refund(order, call)),
    lookup: (order, call) => time('lookup', processor.lookup(order, call)),
    ...(reverse && { reverse: (order, call) => time('reverse', reverse(order, call)) }),
  };
}
