/** What every operation is given: the parts of the running program, and who asks, when. */
import type { CheckoutSettings } from '../domain/checkout-settings.ts';
import type { TenantSettings } from '../domain/settings.ts';
import { plus, type Timestamp } from '../lib/time.ts';
import type { Registry } from '../processors/registry.ts';
import type { Database } from '../store/database.ts';
import type { System } from '../system.ts';
import type { Vault } from '../vault/vault.ts';
import type { Metrics } from './metrics.ts';
import type { Nudge } from './nudge.ts';

export interface Tenant {
  id: string;
  accountId: string;
  accountName: string;
  mode: 'test' | 'live';
  /** Name of the connector in the registry. */
  processor: string;
  sealedCredentials?: Buffer;
  /** How far its clock is ahead of real time; test mode only. */
  clockOffsetMs: number;
  settings: TenantSettings;
  checkoutSettings: CheckoutSettings;
}

/** A language of the checkout page, and whether people who speak it read its words. */
export interface PageLanguage {
  /** BCP 47. */
  tag: string;
  /** The language in itself. */
  name: string;
  reviewed: { page: boolean; mandate: boolean };
}

/** One program: the same for every request and duty. */
export interface App {
  system: System;
  database: Database;
  vault: Vault;
  /** Connectors by name. */
  processors: Registry;
  /** Origin of the checkout pages, without a slash at the end. */
  checkoutUrl: string;
  /** Webhooks of test tenants may go to this machine. Absent: no. */
  allowLoopbackWebhooks?: boolean;
  /** Keys of 32 bytes behind the tokens of embedded sessions; the first signs, all are believed. */
  clientTokenKeys: readonly Buffer[];
  /** What the checkout page speaks. */
  languages: readonly PageLanguage[];
  /** Wakes what waits for new work in this process; never the only way that work is found. */
  nudge: Nudge;
  /** What this process did, for monitoring. */
  metrics: Metrics;
  /** Memory of this process, in bytes. */
  memory(): { residentBytes: number; heapBytes: number };
}

/** One request or duty: the clock is read once, so that everything written in it bears one time. */
export interface Context extends App {
  tenant: Tenant;
  at: Timestamp;
}

export function contextFor(app: App, tenant: Tenant): Context {
  return { ...app, tenant, at: plus(app.system.clock.now(), tenant.clockOffsetMs) };
}
