/**
 * A production installation on one machine, made to be killed: PostgreSQL with full durability, a sandbox processor that
 * outlives everything, API servers behind one address, a worker, and a merchant who hears webhooks. Cheaper to start again
 * than `tender dev`, because each part dies and comes back alone.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { credentialsOf } from '../../../src/app/processor-access.ts';
import { bindSandbox } from '../../../src/app/sandbox-binding.ts';
import { createAccount, createApiKey } from '../../../src/app/tenants.ts';
import { compose } from '../../../src/compose.ts';
import { must } from '../../../src/lib/assert.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { findTenant } from '../../../src/store/tenants.ts';
import { realSystem } from '../../../src/system.ts';
import { loadMasterKey } from '../../../src/vault/master-key.ts';
import { migrateVault } from '../../../src/vault/migrate.ts';
import { type Contract, contractOf } from '../../support/contract.ts';
import { Merchant } from '../../support/merchant.ts';
import type { Draws } from '../seeded-world/draws.ts';
import { clockAhead } from '../whole-server.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { freePort } from './free-port.ts';
import { MerchantLog } from './merchant-log.ts';
import { PostgresProcess } from './postgres-process.ts';
import { SandboxProcess } from './sandbox-process.ts';
import { ServerProcess } from './server-process.ts';
import type { Shop } from './shop.ts';
import { makeWorldFolder, type WorldFolder } from './world-folder.ts';

/** Most thinking times of a real processor are far longer; here the machine has to be busy. */
const LATENCY = 'lognormal:60,0.35,30,120';
const API_SERVERS = 2;

export interface ProcessWorld {
  postgres: PostgresProcess;
  sandbox: SandboxProcess;
  /** API servers first, then the worker. */
  servers: readonly ServerProcess[];
  merchant: Merchant;
  contract: Contract;
  log: MerchantLog;
  /** Another account, whose clock is moved. */
  calendarShop: Shop;
  /** Both. */
  shops: readonly Shop[];
  /** For commands of `tender` that run as processes. */
  environment: NodeJS.ProcessEnv;
  /** One statement on a connection of its own. */
  query<Row>(text: string): Promise<Row[]>;
  /** Starts everything again, all clocks moved ahead: what waits for minutes is due at once. */
  startAhead(aheadMs: number): Promise<void>;
  /** Moves the bank's clocks ahead, each counted from where its account's clock stands here. */
  moveBank(aheadMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts all of it. What was started is ended again when a part does not start. */
export async function startProcessWorld(draws: Draws): Promise<ProcessWorld> {
  const folder = await makeWorldFolder();
  const closers: (() => unknown)[] = [folder.remove];
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    const world = await open(folder, { draws, closers });
    return { ...world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  { path: folder, note }: WorldFolder,
  { draws, closers }: { draws: Draws; closers: (() => unknown)[] },
): Promise<Omit<ProcessWorld, 'close'>> {
  const postgres = new PostgresProcess(folder);
  closers.push(() => postgres.kill());
  const [sandbox] = await Promise.all([
    SandboxProcess.start(join(folder, 'sandbox'), { latency: LATENCY, seed: draws.bytes(8).toString('hex') }),
    postgres.start(),
  ]);
  closers.push(() => sandbox.end());
  const ports = await Promise.all(Array.from({ length: API_SERVERS + 1 }, freePort));
  const balancer = await startBalancer(ports[0]!, ports.slice(1));
  closers.push(() => balancer.close());
  const environment = environmentFor({ folder, databaseUrl: postgres.url, publicUrl: balancer.url });
  const servers = [
    ...ports
      .slice(1)
      .map((port, i) => new ServerProcess(`API ${i + 1}`, 'serve', { ...environment, TENDER_PORT: String(port) })),
    new ServerProcess('worker', 'worker', environment),
  ];
  for (const server of servers) server.onStart = note;
  closers.push(() => Promise.all(servers.map((server) => server.end())));
  const accounts = await prepare(environment, { sandbox, balancer });
  for (const server of servers) server.start();
  await Promise.all(servers.map((server) => server.ready()));
  const contract = await contractOf(balancer.url);
  const shops: Shop[] = [];
  for (const account of accounts) {
    const log = new MerchantLog(draws.fork(`merchant log ${shops.length}`));
    shops.push(await openShop(account, { url: balancer.url, log }));
    closers.push(() => log.close());
  }
  const [shop, calendarShop] = shops as [Shop, Shop];
  const query = <Row>(text: string): Promise<Row[]> => ask(postgres.url, text);
  return {
    postgres,
    sandbox,
    servers,
    merchant: shop.merchant,
    contract,
    log: shop.log,
    calendarShop,
    shops,
    environment,
    query,
    async moveBank(aheadMs) {
      const rows = await query<{ tenant_id: string; ahead: number }>(
        'select tenant_id, clock_offset_ms::float8 as ahead from tenants',
      );
      const aheadOf = new Map(rows.map(({ tenant_id, ahead }) => [tenant_id, ahead]));
      await Promise.all(
        shops.map(({ tenantId, bankKey }) => sandbox.moveClock(bankKey, aheadMs + (aheadOf.get(tenantId) ?? 0))),
      );
    },
    async startAhead(aheadMs) {
      await Promise.all(servers.map((server) => server.end()));
      Object.assign(environment, clockAhead(aheadMs));
      for (const server of servers) server.start(clockAhead(aheadMs));
      await Promise.all(servers.map((server) => server.ready()));
    },
  };
}

function environmentFor(place: { folder: string; databaseUrl: string; publicUrl: string }): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    DATABASE_URL: place.databaseUrl,
    TENDER_MASTER_KEY: randomBytes(32).toString('base64'),
    TENDER_PUBLIC_URL: place.publicUrl,
    TENDER_ALLOW_LOOPBACK_WEBHOOKS: 'on',
    TENDER_RATE_LIMIT: '0',
    TENDER_LOG_LEVEL: 'error',
    TENDER_DATA_DIR: place.folder,
  };
}

type Account = { tenantId: string; secret: string; public: string; bankKey: string };

/** A merchant who hears everything. */
async function openShop(account: Account, { url, log }: { url: string; log: MerchantLog }): Promise<Shop> {
  const { tenantId, bankKey } = account;
  const merchant = new Merchant(url, account.secret, account.public);
  const hooks = { url: await log.listen(), event_types: ['*'] };
  log.trust((await merchant.call('POST', '/collect/webhook_endpoints', hooks)).body.secret);
  return { tenantId, merchant, log, bankKey };
}

/** Schema, two accounts bound to the sandbox, and their keys. */
async function prepare(
  environment: NodeJS.ProcessEnv,
  place: { sandbox: SandboxProcess; balancer: Balancer },
): Promise<Account[]> {
  const databaseUrl = environment.DATABASE_URL!;
  await migrate(databaseUrl, () => undefined);
  await migrateVault(databaseUrl);
  const program = compose({
    system: realSystem('silent'),
    databaseUrl,
    vaultUrl: databaseUrl,
    masterKey: loadMasterKey({ text: environment.TENDER_MASTER_KEY! }),
    connections: 2,
    prepared: true,
    checkoutUrl: place.balancer.url,
    allowLoopbackWebhooks: true,
  });
  try {
    const { url: baseUrl, controlKey } = place.sandbox;
    const accounts: Account[] = [];
    for (const name of ['Blue Door Books', 'Every Day Bread']) {
      const { testTenantId } = await createAccount(program.app, name);
      const tenant = { id: testTenantId, mode: 'test' } as const;
      const [secret, open] = [
        await createApiKey(program.app, tenant, 'secret'),
        await createApiKey(program.app, tenant, 'public'),
      ];
      await bindSandbox(program.app, { baseUrl, controlKey, notifyUrl: place.balancer.url });
      const bound = must(await findTenant(program.app.database, testTenantId), 'the tenant that was just made');
      const { merchant_key: bankKey = '' } = await credentialsOf(program.app, bound);
      accounts.push({ tenantId: testTenantId, secret: secret.key, public: open.key, bankKey });
    }
    return accounts;
  } finally {
    await program.close();
  }
}

async function ask<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
