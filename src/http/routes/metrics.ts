/**
 * Numbers for a monitoring system, in the text format of Prometheus 0.0.4: what the last check of the invariants found. No
 * tenant, no id, no secret; whoever can reach the port can read it.
 */
import type { FastifyInstance } from 'fastify';
import type { App } from '../../app/context.ts';
import { checkMetrics } from '../../app/health.ts';

interface Metric {
  name: string;
  help: string;
  /** Labels as `name="value"` → value. */
  samples: readonly (readonly [labels: string, value: number])[];
}

export function metricsRoutes(server: FastifyInstance, { app }: { app: App }): void {
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const known = await checkMetrics(app);
    const findings = known?.check.findings ?? [];
    const once = (value: number | undefined) => (value === undefined ? [] : [['', value] as const]);
    const metrics: Metric[] = [
      {
        name: 'tender_invariant_violations',
        help: 'Objects that break the invariant, as the last check found them.',
        samples: findings
          .filter(({ unchecked }) => unchecked === undefined)
          .map(({ name, violations }) => [`invariant="${name}"`, violations]),
      },
      {
        name: 'tender_invariant_unchecked',
        help: '1 for each invariant that the last check could not look at.',
        samples: findings
          .filter(({ unchecked }) => unchecked !== undefined)
          .map(({ name }) => [`invariant="${name}"`, 1]),
      },
      {
        name: 'tender_check_age_seconds',
        help: 'Seconds since the last check of all invariants ended.',
        samples: once(known && known.ageMs / 1000),
      },
      {
        name: 'tender_check_duration_seconds',
        help: 'Seconds that the last check of all invariants took.',
        samples: once(known && known.check.tookMs / 1000),
      },
    ];
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.map(lines).join(''));
  });
}

function lines({ name, help, samples }: Metric): string {
  const head = `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
  return head + samples.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`).join('');
}
