/** How a tenant's pages look: set, shown, and remembered for the pages of this process. Another process knows a change within a second. */
import { isDeepStrictEqual } from 'node:util';
import { readBranding } from '../domain/branding-request.ts';
import { Rejected } from '../domain/errors.ts';
import { invalid } from '../domain/session-request.ts';
import { must } from '../lib/assert.ts';
import { SECOND, type Timestamp } from '../lib/time.ts';
import { type BrandingRecord, findBranding, saveBranding } from '../store/branding.ts';
import { type Database, Stale, Taken } from '../store/database.ts';
import { renderBranding } from '../wire/branding.ts';
import type { Context } from './context.ts';
import type { Identities } from './tenants.ts';

const TRIES = 50;
const MOST_REMEMBERED = 10_000;

/** The branding of the tenant as an answer shows it. */
export async function showBranding(context: Context): Promise<string> {
  return answer(context, await findBranding(context.database, context.tenant.id));
}

/** Puts a branding in the place of the one before. Throws Rejected with 400 and every problem. Open pages take it at their next load. */
export async function replaceBranding(context: Context, identities: Identities, body: unknown): Promise<string> {
  const { database, tenant, at } = context;
  const { branding, made, problems } = readBranding(body);
  if (problems.length > 0) throw new Rejected(invalid(problems));
  const { derived, report } = must(made, 'the colours of a sound branding');
  for (let tries = 1; ; tries++) {
    const before = await findBranding(database, tenant.id);
    const to = { set: branding, derived, report };
    try {
      await database.transaction((tx) => saveBranding(tx, tenant.id, { to, from: before.version, at }));
      identities.forget(tenant.id);
      return answer(context, { ...before, ...to, version: before.version + 1 });
    } catch (error) {
      if (!(error instanceof Stale || error instanceof Taken) || tries === TRIES) throw error;
    }
  }
}

function answer({ tenant, checkoutUrl }: Context, branding: BrandingRecord): string {
  return JSON.stringify(renderBranding(branding, { accountName: tenant.accountName, checkoutUrl }));
}

/** Brandings that this process has seen within the last second. */
export class Brandings {
  readonly #source: { database: Database; now: () => Timestamp };
  readonly #byTenant = new Map<string, { brand: BrandingRecord; until: number }>();
  #forgotten = 0;

  constructor(source: { database: Database; now: () => Timestamp }) {
    this.#source = source;
  }

  /** The branding of a tenant; the same object for as long as nothing changed, so that what was made from it can be kept. */
  async of(tenantId: string): Promise<BrandingRecord> {
    const { database, now } = this.#source;
    const known = this.#byTenant.get(tenantId);
    if (known !== undefined && now() < known.until) return known.brand;
    const forgotten = this.#forgotten;
    const found = await findBranding(database, tenantId);
    if (forgotten !== this.#forgotten) return this.of(tenantId);
    const brand = known !== undefined && isDeepStrictEqual(known.brand, found) ? known.brand : found;
    if (this.#byTenant.size >= MOST_REMEMBERED) this.#byTenant.clear();
    this.#byTenant.set(tenantId, { brand, until: now() + SECOND });
    return brand;
  }

  /** The branding or a file of it was changed here. */
  forget(tenantId: string): void {
    this.#forgotten += 1;
    const known = this.#byTenant.get(tenantId);
    if (known !== undefined) known.until = 0;
  }
}
