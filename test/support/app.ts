/**
 * Tender whole, for tests: a real database, real HTTP, the real sandbox processor, and a world (clock, ids, network) that the
 * test owns. The worker does not run by itself: `runDue()` does everything that is due.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { bindSandbox } from '../../src/app/sandbox-binding.ts';
import { createAccount, createApiKey } from '../../src/app/tenants.ts';
import { compose, type Program, serverFor } from '../../src/compose.ts';
import { createIdSource } from '../../src/lib/ids.ts';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import type { StatementWatch } from '../../src/store/database.ts';
import { type Outbound, realSystem, type System } from '../../src/system.ts';
import { loadMasterKey } from '../../src/vault/master-key.ts';
import { type TestClock, testClock } from './clock.ts';
import { sameContract } from './contract.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { Merchant } from './merchant.ts';
import { Payer } from './payer.ts';
import { SandboxControl } from './sandbox-control.ts';
import { sharedValidators } from './validators.ts';

export interface TestAppOptions {
  /** Real time instead of the test's own clock: for tests of time-outs and of load. */
  realTime?: boolean;
  watch?: StatementWatch;
  /** Stands between Tender and the network. */
  wrapSend?: (send: Outbound) => Outbound;
  /** An existing world to start on again, as after a crash. */
  on?: { database: TestDatabase; sandbox: RunningSandbox; clock: TestClock; url?: string; merchant?: Merchant };
  connections?: number;
  rateLimitPerSecond?: number;
  /** Where the test's own clock begins, milliseconds since 1970. */
  startsAtMs?: number;
  /** In place of real randomness: for worlds that a seed replays. */
  random?: System['random'];
  /** How a fresh sandbox is started, beside what every test needs. */
  sandboxWith?: Partial<Pick<SandboxOptions, 'seed' | 'timer'>>;
  /** The processor tells its notifications here instead of to the server itself. */
  notifyUrl?: string;
  /** Keeps the request log; it is written by `runDue()` and by time. Default: none, so that tests see no row of it. */
  requestLog?: boolean;
  /** The server's port; any free one by default. */
  port?: number;
  /** Where the built documentation lies. Default: nowhere, whatever was built in this checkout. */
  docsFolder?: string;
}

export interface TestApp {
  program: Program;
  url: string;
  clock: TestClock;
  database: TestDatabase;
  sandbox: RunningSandbox;
  control: SandboxControl;
  merchant: Merchant;
  payer: Payer;
  tenantId: string;
  accountId: string;
  logs: string[];
  /** Does everything that is due, again and again until nothing is. Answers how much it did. */
  runDue(): Promise<number>;
  /** Another account on the same server. */
  otherMerchant(): Promise<Merchant>;
  /** Stops Tender and leaves database and sandbox as they are: what a crash leaves. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

const MASTER_KEY = loadMasterKey({ text: Buffer.alloc(32, 7).toString('base64') });

/** Starts everything; `close()` takes it away again. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const clock = options.on?.clock ?? testClock(options.realTime ? Date.now() : options.startsAtMs);
  const [database, sandbox] =
    options.on === undefined
      ? await freshWorld(options.realTime ? undefined : clock, options.sandboxWith)
      : [options.on.database, options.on.sandbox];
  const logs: string[] = [];
  const system = testSystem(clock, options, logs);
  const program = compose({
    system,
    databaseUrl: database.url,
    vaultUrl: database.url,
    masterKey: MASTER_KEY,
    connections: options.connections ?? 8,
    prepared: true,
    checkoutUrl: 'http://localhost',
    allowLoopbackWebhooks: true,
    ...(options.requestLog ? { requestLogDays: 30 } : {}),
    ...(options.watch === undefined ? {} : { watch: options.watch }),
  });
  const doors = {
    publicUrl: 'http://localhost',
    rateLimitPerSecond: options.rateLimitPerSecond ?? 0,
    masterKey: MASTER_KEY,
    sandboxOrigin: sandbox.url,
    validators: sharedValidators,
    docsFolder: options.docsFolder ?? join(tmpdir(), 'tender-tests-without-documentation'),
  };
  const server = await serverFor(program, doors);
  const url = await server.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  if (options.on?.url !== undefined) sameContract(url, options.on.url);
  // Payers and banks must find the page under the port that was free.
  program.app.checkoutUrl = url;
  const place = { baseUrl: sandbox.url, controlKey: sandbox.controlKey, notifyUrl: options.notifyUrl ?? url };
  const found =
    options.on === undefined ? await newAccount(program) : await keptAccount(program, database, options.on.merchant);
  await bindSandbox(program.app, place);
  const stop = async (): Promise<void> => {
    await server.close();
    await program.close();
  };
  return {
    program,
    url,
    clock,
    database,
    sandbox,
    control: new SandboxControl(sandbox),
    merchant: new Merchant(url, found.secretKey, found.publicKey),
    payer: new Payer(url),
    tenantId: found.tenantId,
    accountId: found.accountId,
    logs,
    runDue: () => runDue(program),
    async otherMerchant() {
      const other = await newAccount(program);
      await bindSandbox(program.app, place);
      return new Merchant(url, other.secretKey, other.publicKey);
    },
    stop,
    async close() {
      await stop();
      await sandbox.close();
      await database.drop();
    },
  };
}

async function freshWorld(
  clock: TestClock | undefined,
  sandboxWith: TestAppOptions['sandboxWith'] = {},
): Promise<[TestDatabase, RunningSandbox]> {
  const folder = mkdtempSync(join(tmpdir(), 'tender-sandbox-'));
  const [database, sandbox] = await Promise.all([
    testDatabase(),
    startSandbox({
      ...{ folder, port: 0, latency: '0', sync: 'off', ...sandboxWith },
      ...(clock === undefined ? {} : { now: clock.now }),
    }),
  ]);
  const close = sandbox.close.bind(sandbox);
  sandbox.close = async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  };
  return [database, sandbox];
}

function testSystem(clock: TestClock, options: TestAppOptions, logs: string[]): System {
  const real = realSystem('silent');
  const world = options.realTime ? real.clock : clock;
  const send = options.wrapSend === undefined ? real.send : options.wrapSend(real.send);
  const log = pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) });
  const random = options.random ?? real.random;
  return { clock: world, random, ids: createIdSource(world.now, random), send, log };
}

interface Found {
  accountId: string;
  tenantId: string;
  secretKey: string;
  publicKey: string;
}

async function newAccount(program: Program): Promise<Found> {
  const { accountId, testTenantId } = await createAccount(program.app, 'Blue Door Books');
  return { accountId, tenantId: testTenantId, ...(await newKeys(program, testTenantId)) };
}

async function keptAccount(program: Program, database: TestDatabase, keys: Merchant | undefined): Promise<Found> {
  const [row] = await database.query<{ tenant_id: string; account_id: string }>(
    `select tenant_id, account_id from tenants where mode = 'test' order by tenant_id limit 1`,
  );
  return {
    accountId: row!.account_id,
    tenantId: row!.tenant_id,
    ...(keys ?? (await newKeys(program, row!.tenant_id))),
  };
}

async function newKeys(program: Program, tenantId: string): Promise<{ secretKey: string; publicKey: string }> {
  const tenant = { id: tenantId, mode: 'test' } as const;
  const secret = await createApiKey(program.app, tenant, 'secret');
  const open = await createApiKey(program.app, tenant, 'public');
  return { secretKey: secret.key, publicKey: open.key };
}

async function runDue(program: Program): Promise<number> {
  let total = 0;
  await program.requestLog?.flush();
  for (;;) {
    let done = 0;
    for (const duty of program.duties) done += await duty.run();
    if (done === 0) return total;
    total += done;
  }
}
