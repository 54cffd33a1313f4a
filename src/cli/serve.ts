/** `tender serve` and `tender worker`: the two kinds of process of a production installation. */
import { compose, metricsServerFor, type Program, serverFor, startWorker } from '../compose.ts';
import { type Config, ConfigProblem, readConfig } from '../config.ts';
import { MINUTE } from '../lib/time.ts';
import { checkDatabase } from '../store/migrate.ts';
import { realSystem } from '../system.ts';
import { loadMasterKey, type MasterKey } from '../vault/master-key.ts';
import { checkVaultSchema } from '../vault/migrate.ts';
import { whenTold } from './ending.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Serves API and checkout until told to stop. */
export async function runServe(): Promise<number> {
  const told = whenTold();
  const { program, config, masterKey, publicUrl } = await open();
  const server = await serverFor(program, { publicUrl, rateLimitPerSecond: config.TENDER_RATE_LIMIT, masterKey });
  await server.listen({ port: config.TENDER_PORT, host: config.TENDER_HOST });
  say(`Serving ${publicUrl}.`);
  await told;
  await server.close();
  await program.close();
  return 0;
}

/** Does what is due until told to stop. */
export async function runWorker(): Promise<number> {
  const told = whenTold();
  const { program, config } = await open();
  const metrics = config.TENDER_METRICS_PORT === 0 ? undefined : metricsServerFor(program);
  await metrics?.listen({ port: config.TENDER_METRICS_PORT, host: config.TENDER_HOST });
  const stop = startWorker(program);
  say('Working.');
  await told;
  await stop();
  await metrics?.close();
  await program.close();
  return 0;
}

async function open(): Promise<{ program: Program; config: Config; masterKey: MasterKey; publicUrl: string }> {
  const config = readConfig(process.env);
  if (config.DATABASE_URL === undefined)
    throw new ConfigProblem('DATABASE_URL is not set: name your PostgreSQL, or use `tender dev`.');
  const masterKey = masterKeyOf(config);
  const vaultUrl = config.VAULT_DATABASE_URL ?? config.DATABASE_URL;
  await checkDatabase(config.DATABASE_URL);
  await checkVaultSchema(vaultUrl);
  const publicUrl = config.TENDER_PUBLIC_URL ?? `http://localhost:${config.TENDER_PORT}`;
  const program = compose({
    system: realSystem(config.TENDER_LOG_LEVEL),
    databaseUrl: config.DATABASE_URL,
    vaultUrl,
    masterKey,
    connections: config.DB_CONNECTIONS,
    prepared: config.DB_PREPARED,
    checkoutUrl: config.TENDER_CHECKOUT_URL ?? publicUrl,
    allowLoopbackWebhooks: config.TENDER_ALLOW_LOOPBACK_WEBHOOKS,
    checkEveryMs: config.TENDER_CHECK_EVERY * MINUTE,
    requestLogDays: config.TENDER_REQUEST_LOG_DAYS,
  });
  await program.app.vault.check();
  return { program, config, masterKey, publicUrl };
}

function masterKeyOf(config: Config): MasterKey {
  if (config.TENDER_MASTER_KEY !== undefined) return loadMasterKey({ text: config.TENDER_MASTER_KEY });
  if (config.TENDER_MASTER_KEY_FILE !== undefined) return loadMasterKey({ file: config.TENDER_MASTER_KEY_FILE });
  throw new ConfigProblem(
    'Set TENDER_MASTER_KEY_FILE (or TENDER_MASTER_KEY): 32 random bytes in base64 that seal cards and secrets.',
  );
}
