/** Accounts, their test and live tenants, and the keys that open them. */
import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import { createKey, parseKey } from '../lib/api-key.ts';
import { SECOND, type Timestamp } from '../lib/time.ts';
import type { Database } from '../store/database.ts';
import {
  findKey,
  findTenant,
  insertAccount,
  insertKey,
  insertTenant,
  type KeyRecord,
  listKeys,
  listTenants,
  revokeKeyRow,
  touchKey,
} from '../store/tenants.ts';
import { Brandings } from './branding.ts';
import type { App, Tenant } from './context.ts';
import type { Actor } from './sessions.ts';

/** Who a key is, found in memory or by one look-up. */
export interface Identity {
  actor: Actor;
  tenant: Tenant;
}

/** How long a key found once is believed: a revoked key stops working within this time. */
const BELIEVED_MS = SECOND;
const USE_NOTED_EVERY_MS = 60 * SECOND;

interface Known {
  identity: Identity | undefined;
  until: Timestamp;
  used: Timestamp;
}

/** Keys and tenants that this process has seen lately. */
export class Identities {
  /** How the pages of tenants look; believed for as long as a key. */
  readonly brandings: Brandings;
  readonly #app: App;
  readonly #byHash = new Map<string, Known>();
  readonly #tenants = new Map<string, { tenant: Tenant; until: number }>();
  /** Tenants whose processor is being moved to a time that their own clock has not reached. */
  readonly #ahead = new Map<string, number>();
  /** Grows when something was forgotten: what was read before that is not believed afterwards. */
  #forgotten = 0;

  constructor(app: App) {
    this.#app = app;
    this.brandings = new Brandings({ database: app.database, now: app.system.clock.now });
  }

  /** Whose key this is, if it was found within the last second and is still believed. */
  recall(text: string): Identity | undefined {
    const known = this.#byHash.get(text);
    return known !== undefined && this.#app.system.clock.now() < known.until ? known.identity : undefined;
  }

  /** Whose key this is; undefined for a mistyped, unknown or revoked one. */
  async identify(text: string): Promise<Identity | undefined> {
    const now = this.#app.system.clock.now();
    const known = this.#byHash.get(text);
    if (known !== undefined && now < known.until) return known.identity;
    const parsed = parseKey(text);
    if (parsed === undefined) return undefined;
    const forgotten = this.#forgotten;
    const found = await findKey(this.#app.database, parsed.hash);
    if (forgotten !== this.#forgotten) return this.identify(text);
    if (this.#byHash.size > 10_000) this.#byHash.clear();
    const identity = found && {
      actor: { keyId: found.key.id, kind: found.key.kind },
      tenant: this.#sameTenant(found.tenant),
    };
    const used = found === undefined ? now : this.#noteUse(found.key, { now, before: known?.used });
    this.#byHash.set(text, { identity, until: (now + BELIEVED_MS) as Timestamp, used });
    return identity;
  }

  /** A tenant by id, believed for as long as a key. */
  async tenant(tenantId: string): Promise<Tenant | undefined> {
    const now = this.#app.system.clock.now();
    const known = this.#tenants.get(tenantId);
    if (known !== undefined && now < known.until) return known.tenant;
    const forgotten = this.#forgotten;
    const found = await findTenant(this.#app.database, tenantId);
    if (forgotten !== this.#forgotten) return this.tenant(tenantId);
    return found && this.#sameTenant(found);
  }

  /** The tenant as its processor's word finds it: while its processor is moved ahead, at the time the processor is at already. */
  async tenantToldOf(tenantId: string): Promise<Tenant | undefined> {
    const tenant = await this.tenant(tenantId);
    const ahead = this.#ahead.get(tenantId) ?? 0;
    return tenant === undefined || tenant.clockOffsetMs >= ahead ? tenant : { ...tenant, clockOffsetMs: ahead };
  }

  /** Moves the processor of a tenant: what it tells meanwhile is dated `offsetMs` ahead of real time. */
  async whileAhead<T>(tenantId: string, offsetMs: number, work: () => Promise<T>): Promise<T> {
    this.#ahead.set(tenantId, offsetMs);
    try {
      return await work();
    } finally {
      this.#ahead.delete(tenantId);
    }
  }

  /** The tenant's clock, settings, branding or files were changed here: this process sees it at once, any other within a second. */
  forget(tenantId: string): void {
    this.#forgotten += 1;
    this.brandings.forget(tenantId);
    const known = this.#tenants.get(tenantId);
    // The object stays, so that what hangs on it can be kept; only nobody believes it any more.
    if (known !== undefined) known.until = 0;
    for (const known of this.#byHash.values()) {
      if (known.identity?.tenant.id === tenantId) known.until = 0 as Timestamp;
    }
  }

  /** Keeps one object per tenant while nothing changed, and its sealed credentials, so that what hangs on them (opened ones) is kept too. */
  #sameTenant(fresh: Tenant): Tenant {
    const until = this.#app.system.clock.now() + BELIEVED_MS;
    const known = this.#tenants.get(fresh.id)?.tenant;
    const tenant = known === undefined ? fresh : isDeepStrictEqual(known, fresh) ? known : keepSealed(known, fresh);
    this.#tenants.set(fresh.id, { tenant, until });
    return tenant;
  }

  #noteUse(key: KeyRecord, { now, before }: { now: Timestamp; before: Timestamp | undefined }): Timestamp {
    const last = before ?? key.lastUsedAt;
    if (last !== undefined && now - last < USE_NOTED_EVERY_MS) return last;
    // "Last used" is a hint for people: a write that fails is logged and never fails the request.
    this.#app.database
      .transaction((tx) => touchKey(tx, { tenantId: key.tenantId, id: key.id, at: now }))
      .catch((error: unknown) => this.#app.system.log.warn({ err: error }, 'the last use of a key could not be noted'));
    return now;
  }
}

function keepSealed(known: Tenant, fresh: Tenant): Tenant {
  const { sealedCredentials } = known;
  if (sealedCredentials === undefined || fresh.sealedCredentials?.equals(sealedCredentials) !== true) return fresh;
  return { ...fresh, sealedCredentials };
}

/** A new account with its test and its live tenant. `timeZone` is an IANA name. */
export async function createAccount(
  app: App,
  name: string,
  { timeZone = DEFAULT_SETTINGS.timeZone }: { timeZone?: string } = {},
): Promise<{ accountId: string; testTenantId: string; liveTenantId: string }> {
  const { ids, clock } = app.system;
  const createdAt = clock.now();
  const settings = { ...DEFAULT_SETTINGS, timeZone };
  const [accountId, testTenantId, liveTenantId] = [ids.next('acc'), ids.next('tnt'), ids.next('tnt')];
  await app.database.transaction((tx) => {
    insertAccount(tx, { id: accountId, name, createdAt });
    insertTenant(tx, { id: testTenantId, accountId, mode: 'test', processor: 'sandbox', settings, createdAt });
    insertTenant(tx, { id: liveTenantId, accountId, mode: 'live', processor: 'none', settings, createdAt });
  });
  return { accountId, testTenantId, liveTenantId };
}

/** A new key; this is the only time it is seen in clear. */
export async function createApiKey(
  app: App,
  tenant: { id: string; mode: 'test' | 'live' },
  kind: 'secret' | 'public',
): Promise<{ id: string; key: string }> {
  const { ids, clock, random } = app.system;
  const key = createKey(random, { kind, mode: tenant.mode });
  const parsed = parseKey(key)!;
  const id = ids.next('key');
  await app.database.transaction((tx) =>
    insertKey(tx, { hash: parsed.hash, id, tenantId: tenant.id, kind, hint: parsed.hint, createdAt: clock.now() }),
  );
  return { id, key };
}

/** Stops a key within a second. Revoking twice is the same as once. */
export function revokeApiKey(app: App, key: { tenantId: string; id: string }): Promise<void> {
  return app.database.transaction((tx) => revokeKeyRow(tx, { ...key, at: app.system.clock.now() }));
}

export function listApiKeys(app: App, tenantId: string): Promise<KeyRecord[]> {
  return listKeys(app.database, tenantId);
}

export function allTenants(database: Database): Promise<Tenant[]> {
  return listTenants(database);
}
