/**
 * A migrated database with tenants, a clock that stands still until a test moves it, and everything that numbers and delivers
 * events. Receivers are real servers on loopback; calls out go through the real network.
 */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { Changes } from '../../src/app/apply.ts';
import { type App, type Context, contextFor, type Tenant } from '../../src/app/context.ts';
import { type DeliveryOptions, Dispatcher, deliverDue } from '../../src/app/deliveries.ts';
import { Metrics } from '../../src/app/metrics.ts';
import { createNudge } from '../../src/app/nudge.ts';
import { sequenceEvents } from '../../src/app/sequencer.ts';
import { createAccount } from '../../src/app/tenants.ts';
import { createWebhookEndpoint, type EndpointBody, getDelivery, getWebhookEndpoint } from '../../src/app/webhooks.ts';
import { type Customer, createCustomer, updateCustomer } from '../../src/domain/customer.ts';
import type { Delivery } from '../../src/domain/webhook-delivery.ts';
import { createIdSource } from '../../src/lib/ids.ts';
import { plus, type Timestamp } from '../../src/lib/time.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { findTenant } from '../../src/store/tenants.ts';
import { processMemory, realSystem, type System } from '../../src/system.ts';
import { loadMasterKey } from '../../src/vault/master-key.ts';
import { openVault } from '../../src/vault/vault.ts';
import { testDatabase } from '../support/database.ts';

export interface World {
  app: App;
  database: Database;
  test: Tenant;
  live: Tenant;
  /** Acts as the tenant, now. */
  as(tenant: Tenant): Context;
  clock: { now(): Timestamp; advance(ms: number): void };
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A further program on the same database: ids and pools of its own. */
  another(parts?: Partial<System>): App;
  dispatcher(options?: Partial<DeliveryOptions>): Dispatcher;
  /** Numbers everything, then delivers everything that is due. Answers the number of tries. */
  settle(): Promise<number>;
}

export async function createWorld(t: TestContext, parts: Partial<System> = {}): Promise<World> {
  const testing = await testDatabase();
  const { url } = testing;
  const closers: (() => Promise<void>)[] = [];
  const masterKey = loadMasterKey({ text: randomBytes(32).toString('base64') });
  let offset = 0;
  const now = () => plus(Date.now() as Timestamp, offset);
  const another = (different: Partial<System> = {}): App => {
    const system = realSystem('silent');
    const clock = { now, timer: system.clock.timer };
    const ids = createIdSource(now, system.random);
    const database = openDatabase({ url, maxConnections: 10, connectTimeoutMs: 5_000, prepared: true });
    const vault = openVault({ url, masterKey, random: system.random, maxConnections: 2, prepared: true });
    closers.push(database.close, vault.close);
    return {
      system: {
        ...system,
        clock,
        ids,
        log: pino({ level: process.env.TENDER_TEST_LOG ?? 'silent' }),
        ...parts,
        ...different,
      },
      database,
      vault,
      processors: undefined as never,
      checkoutUrl: 'https://pay.example',
      clientTokenKeys: [Buffer.alloc(32, 7)],
      nudge: createNudge(),
      allowLoopbackWebhooks: true,
      languages: [],
      metrics: new Metrics(),
      memory: processMemory,
    };
  };
  const app = another();
  t.after(async () => {
    await Promise.all(closers.map((close) => close()));
    await testing.drop();
  });
  const { testTenantId, liveTenantId } = await createAccount(app, 'Shop');
  const dispatchers = new Map<string, Dispatcher>();
  const dispatcher = (options: Partial<DeliveryOptions> = {}): Dispatcher => {
    const key = JSON.stringify({ ...options, ownAddresses: [...(options.ownAddresses ?? [])] });
    const known = dispatchers.get(key) ?? new Dispatcher(app, options);
    dispatchers.set(key, known);
    return known;
  };
  return {
    app,
    database: app.database,
    test: (await findTenant(app.database, testTenantId))!,
    live: (await findTenant(app.database, liveTenantId))!,
    as: (tenant) => contextFor(app, tenant),
    clock: {
      now,
      advance(ms) {
        offset += ms;
      },
    },
    query: testing.query,
    another,
    dispatcher,
    async settle() {
      while ((await sequenceEvents(app)) > 0);
      return deliverDue(dispatcher());
    },
  };
}

/** A merchant's customer: the simplest object that has versions and events. */
export async function newCustomer(context: Context, name = 'Ada'): Promise<Customer> {
  const { ids } = context.system;
  const decision = createCustomer({
    tenantId: context.tenant.id,
    id: ids.next('cus'),
    name,
    createdAt: context.at,
  });
  await new Changes(context).customer(decision).commit();
  return decision.next;
}

export async function renameCustomer(context: Context, customer: Customer, name: string): Promise<Customer> {
  const decision = updateCustomer(customer, { name }, context.at);
  await new Changes(context).customer(decision).commit();
  return decision.next;
}

/** An endpoint and the secret that its creation showed. */
export async function newEndpoint(context: Context, body: EndpointBody): Promise<{ id: string; secret: string }> {
  const { answer } = await createWebhookEndpoint(context, { body, idempotency: undefined });
  return JSON.parse(answer.body) as { id: string; secret: string };
}

export async function deliveriesOf(world: World, endpointId: string): Promise<Delivery[]> {
  const rows = await world.query<{ id: string }>('select id from deliveries where endpoint_id = $1 order by sequence', [
    endpointId,
  ]);
  return Promise.all(rows.map(({ id }) => getDelivery(world.as(world.test), id)));
}

export { getWebhookEndpoint };
