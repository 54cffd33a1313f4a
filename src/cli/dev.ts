/** `tender dev`, which `npm start` runs: everything on this machine, ready within seconds, keys printed. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bindSandbox } from '../app/sandbox-binding.ts';
import { compose, serverFor, startWorker } from '../compose.ts';
import { type Config, readConfig } from '../config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded/postgres.ts';
import { MINUTE } from '../lib/time.ts';
import { checkDatabase, migrate } from '../store/migrate.ts';
import { realSystem } from '../system.ts';
import { createMasterKeyFile, loadMasterKey, type MasterKey } from '../vault/master-key.ts';
import { migrateVault } from '../vault/migrate.ts';
import { announce, type Ready } from './announce.ts';
import { demoAccount } from './demo-account.ts';
import { whenTold } from './ending.ts';
import type { Given } from './given.ts';
import { freePort } from './ports.ts';
import { startSandbox } from './sandbox.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runDev(given: Given): Promise<number> {
  const told = whenTold();
  const config = readConfig(process.env);
  const dataDir = resolve(config.TENDER_DATA_DIR);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const postgres = config.DATABASE_URL === undefined ? await startEmbeddedPostgres({ dataDir, say }) : undefined;
  try {
    await serveUntil(told, { config, dataDir, postgres, json: given.flag('json') });
  } finally {
    await postgres?.stop();
  }
  return 0;
}

interface Place {
  config: Config;
  dataDir: string;
  postgres: EmbeddedPostgres | undefined;
  json: boolean;
}

/** Everything but the database: up, announced, and down again when told. */
async function serveUntil(told: Promise<void>, { config, dataDir, postgres, json }: Place): Promise<void> {
  const system = realSystem(config.TENDER_LOG_LEVEL === 'info' ? 'warn' : config.TENDER_LOG_LEVEL);
  const databaseUrl = config.DATABASE_URL ?? postgres!.url;
  const vaultUrl = config.VAULT_DATABASE_URL ?? databaseUrl;
  const [sandbox] = await Promise.all([
    startSandbox({ dataDir, port: config.TENDER_SANDBOX_PORT, latency: config.TENDER_SANDBOX_LATENCY, say }),
    prepare(databaseUrl, vaultUrl),
  ]);
  const port = await freePort(config.TENDER_PORT, config.TENDER_HOST, say);
  const publicUrl = config.TENDER_PUBLIC_URL ?? `http://localhost:${port}`;
  const checkoutUrl = config.TENDER_CHECKOUT_URL ?? publicUrl;
  const masterKey = masterKeyOf(config, dataDir, system.random);
  const program = compose({
    system,
    databaseUrl,
    vaultUrl,
    masterKey,
    connections: config.DB_CONNECTIONS,
    prepared: config.DB_PREPARED,
    checkoutUrl,
    allowLoopbackWebhooks: true,
    checkEveryMs: config.TENDER_CHECK_EVERY * MINUTE,
    requestLogDays: config.TENDER_REQUEST_LOG_DAYS,
  });
  await program.app.vault.check();
  const { account, keys } = await demoAccount(program.app, join(dataDir, 'server.json'));
  await bindSandbox(program.app, {
    baseUrl: sandbox.url,
    controlKey: sandbox.controlKey,
    notifyUrl: `http://127.0.0.1:${port}`,
  });
  const server = await serverFor(program, { publicUrl, rateLimitPerSecond: 0, masterKey, sandboxOrigin: sandbox.url });
  await server.listen({ port, host: config.TENDER_HOST });
  const stopWorker = startWorker(program);
  const ready: Ready = {
    api_url: publicUrl,
    checkout_url: checkoutUrl,
    dashboard_url: `${publicUrl}/dashboard`,
    sandbox_url: sandbox.url.replace('127.0.0.1', 'localhost'),
    secret_key: keys.secret,
    public_key: keys.public,
    account_id: account,
    pid: process.pid,
  };
  keepFacts(join(dataDir, 'server.json'), { ...ready, database_url: databaseUrl });
  announce(ready, { json, adopted: postgres?.adopted === true });

  await told;
  say('Stopping: requests in flight are finished first.');
  setTimeout(() => process.exit(1), 19_000).unref();
  await server.close();
  await stopWorker();
  await program.close();
  sandbox.release();
}

/** The keys are in this file: a crash leaves the old one or the new one, never half of one. */
function keepFacts(file: string, facts: Ready & { database_url: string }): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

async function prepare(databaseUrl: string, vaultUrl: string): Promise<void> {
  await migrate(databaseUrl, say);
  await migrateVault(vaultUrl);
  await checkDatabase(databaseUrl);
}

function masterKeyOf(config: Config, dataDir: string, random: (bytes: number) => Buffer): MasterKey {
  if (config.TENDER_MASTER_KEY !== undefined) return loadMasterKey({ text: config.TENDER_MASTER_KEY });
  if (config.TENDER_MASTER_KEY_FILE !== undefined) return loadMasterKey({ file: config.TENDER_MASTER_KEY_FILE });
  return createMasterKeyFile(join(dataDir, 'master.key'), random);
}
