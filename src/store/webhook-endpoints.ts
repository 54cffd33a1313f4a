/** Rows of webhook endpoints. Their health is written beside the object and bears no version: it changes with every failure. */

import type { WebhookEndpoint } from '../domain/webhook.ts';
import type { Health } from '../domain/webhook-delivery.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact, iso, text } from './rows.ts';
import { sql } from './sql.ts';

/** The commit throws Taken with this name when another endpoint took the same place. */
export const ENDPOINT_SLOTS = 'webhook_endpoints_slots';

export function insertWebhookEndpoint(tx: Tx, e: WebhookEndpoint): void {
  tx.write(sql`
    insert into webhook_endpoints (tenant_id, id, version, slot, url, description, event_types, ordering, concurrency, enabled,
      disabled_reason, disabled_at, sealed_secret, created_at, updated_at)
    values (${e.tenantId}, ${e.id}, ${e.version}, ${e.slot ?? null}, ${e.url}, ${text(e.description)}, ${e.eventTypes}::text[],
      ${e.ordering}, ${e.concurrency}, ${e.enabled}, ${text(e.disabledReason)}, ${iso(e.disabledAt)}, ${e.sealedSecret ?? null},
      ${toIso(e.createdAt)}, ${toIso(e.updatedAt)})`);
}

/** Writes a changed endpoint over the version it was decided on. One that is switched off starts its health afresh. */
export function saveWebhookEndpoint(tx: Tx, e: WebhookEndpoint): void {
  tx.write(sql`
    update webhook_endpoints set version = ${e.version}, slot = ${e.slot ?? null}, url = ${e.url},
      description = ${text(e.description)}, event_types = ${e.eventTypes}::text[], ordering = ${e.ordering},
      concurrency = ${e.concurrency}, enabled = ${e.enabled}, disabled_reason = ${text(e.disabledReason)}, disabled_at = ${iso(e.disabledAt)},
      sealed_secret = ${e.sealedSecret ?? null},
      previous_sealed_secret = ${e.previousSecret?.sealed ?? null},
      previous_secret_until = ${iso(e.previousSecret?.until)}, updated_at = ${toIso(e.updatedAt)}, deleted_at = ${iso(e.deletedAt)},
      failing_since = case when ${e.enabled} then failing_since end,
      last_failure_at = case when ${e.enabled} then last_failure_at end
    where tenant_id = ${e.tenantId} and id = ${e.id} and version = ${e.version - 1}`);
}

/** An endpoint that was not deleted. */
export async function findWebhookEndpoint(
  reader: Reader,
  tenantId: string,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  const rows = await reader.read<EndpointRow>(
    sql`select * from webhook_endpoints where tenant_id = ${tenantId} and id = ${id} and deleted_at is null`,
  );
  return rows[0] && toEndpoint(rows[0]);
}

export function listWebhookEndpoints(reader: Reader, tenantId: string, list: { page: Page }) {
  const start = sql`select * from webhook_endpoints where tenant_id = ${tenantId} and deleted_at is null`;
  return page(reader, { name: 'webhook_endpoints', start, where: [], page: list.page, toItem: toEndpoint });
}

/** The places that are taken. */
export async function takenSlots(reader: Reader, tenantId: string): Promise<Set<number>> {
  const rows = await reader.read<{ slot: number }>(
    sql`select slot from webhook_endpoints where tenant_id = ${tenantId} and slot is not null`,
  );
  return new Set(rows.map(({ slot }) => slot));
}

/** How an endpoint has been doing. */
export async function findHealth(reader: Reader, tenantId: string, id: string): Promise<Health> {
  const rows = await reader.read<{ failing_since: number | null; last_failure_at: number | null }>(
    sql`select failing_since, last_failure_at from webhook_endpoints where tenant_id = ${tenantId} and id = ${id}`,
  );
  const row = rows[0];
  return row ? compact<Health>({ failingSince: row.failing_since, lastFailureAt: row.last_failure_at }) : {};
}

/** Notes how endpoints are doing; one that was switched off meanwhile stays as it is. */
export async function saveHealth(
  database: Database,
  noted: readonly { tenantId: string; endpointId: string; health: Health }[],
): Promise<void> {
  if (noted.length === 0) return;
  await database.claim(sql`
    update webhook_endpoints e set failing_since = h.failing_since, last_failure_at = h.last_failure_at
    from unnest(${noted.map((n) => n.tenantId)}::text[], ${noted.map((n) => n.endpointId)}::text[],
      ${noted.map((n) => iso(n.health.failingSince))}::timestamptz[],
      ${noted.map((n) => iso(n.health.lastFailureAt))}::timestamptz[])
      h (tenant_id, id, failing_since, last_failure_at)
    where e.tenant_id = h.tenant_id and e.id = h.id and e.enabled`);
}

interface EndpointRow {
  tenant_id: string;
  id: string;
  version: number;
  slot: number | null;
  url: string;
  description: string | null;
  event_types: string[];
  ordering: WebhookEndpoint['ordering'];
  concurrency: number;
  enabled: boolean;
  disabled_reason: WebhookEndpoint['disabledReason'] | null;
  disabled_at: number | null;
  sealed_secret: Buffer | null;
  previous_sealed_secret: Buffer | null;
  previous_secret_until: Timestamp | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

function toEndpoint(row: EndpointRow): WebhookEndpoint {
  const { previous_sealed_secret: sealed, previous_secret_until: until } = row;
  return compact<WebhookEndpoint>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    slot: row.slot,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types,
    ordering: row.ordering,
    concurrency: row.concurrency,
    enabled: row.enabled,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    sealedSecret: row.sealed_secret,
    previousSecret: sealed === null || until === null ? null : { sealed, until },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
  });
}
