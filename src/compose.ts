/** Puts the program together from its settings and the outside world. Everything that runs is started from here. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { createBrandDoor } from './app/brand-door.ts';
import { createCheckoutDoor } from './app/checkout.ts';
import type { App } from './app/context.ts';
import { Metrics, timedRegistry } from './app/metrics.ts';
import { createNudge } from './app/nudge.ts';
import { RequestLogWriter } from './app/request-log.ts';
import { Identities } from './app/tenants.ts';
import { metricsServer } from './http/routes/metrics.ts';
import { buildServer, type Validators } from './http/server.ts';
import { createRegistry } from './processors/registry.ts';
import { openDatabase, type StatementWatch } from './store/database.ts';
import { ownAddresses, processMemory, type System } from './system.ts';
import { deriveKey, type MasterKey } from './vault/master-key.ts';
import { openVault } from './vault/vault.ts';
import { registerCheckout } from './web/checkout/routes.ts';
import { registerDocs } from './web/docs/routes.ts';
import { LOCALES } from './web/i18n/locales.ts';
import { checkDuty } from './worker/check-duty.ts';
import { paymentDuties } from './worker/duties.ts';
import { eventDuties } from './worker/event-duties.ts';
import { requestLogDuty } from './worker/request-log-duty.ts';
import { type Duty, startRunner } from './worker/runner.ts';

export interface Parts {
  system: System;
  databaseUrl: string;
  vaultUrl: string;
  masterKey: MasterKey;
  connections: number;
  prepared: boolean;
  checkoutUrl: string;
  /** Test mode may send webhooks to this machine. */
  allowLoopbackWebhooks: boolean;
  /** How often the worker checks every invariant, in milliseconds; absent or 0: never. */
  checkEveryMs?: number;
  /** How many days the request log is kept; 0: none is written. Absent: no log and no duty that drops what is old. */
  requestLogDays?: number;
  watch?: StatementWatch;
}

export interface Program {
  app: App;
  identities: Identities;
  /** Everything that happens later, to be started, or stepped by calling `run`. */
  duties: readonly Duty[];
  /** What is told of requests, where a log is kept. */
  requestLog?: RequestLogWriter;
  close(): Promise<void>;
}

/** Opens database and vault and wires the application. No connection is made before the first use. */
export function compose(parts: Parts): Program {
  const { system } = parts;
  const database = openDatabase({
    url: parts.databaseUrl,
    maxConnections: parts.connections,
    connectTimeoutMs: 3_000,
    prepared: parts.prepared,
    ...(parts.watch === undefined ? {} : { watch: parts.watch }),
  });
  const vault = openVault({
    url: parts.vaultUrl,
    masterKey: parts.masterKey,
    random: system.random,
    maxConnections: 4,
    prepared: parts.prepared,
    ...(parts.watch === undefined ? {} : { watch: parts.watch }),
  });
  const metrics = new Metrics();
  const app: App = {
    system,
    database,
    vault,
    processors: timedRegistry(createRegistry({ send: system.send, log: system.log }), { metrics, clock: system.clock }),
    checkoutUrl: parts.checkoutUrl,
    clientTokenKeys: [parts.masterKey, ...parts.masterKey.earlier].map((key) => deriveKey(key, 'client tokens')),
    languages: LOCALES,
    nudge: createNudge(),
    metrics,
    memory: processMemory,
    allowLoopbackWebhooks: parts.allowLoopbackWebhooks,
  };
  const identities = new Identities(app);
  const requestLog = parts.requestLogDays ? openRequestLog(parts) : undefined;
  return {
    app,
    identities,
    ...(requestLog === undefined ? {} : { requestLog }),
    duties: [
      ...paymentDuties(app, identities),
      ...eventDuties(app, { ownAddresses: ownAddresses() }),
      ...(parts.checkEveryMs ? [checkDuty(app, parts.checkEveryMs)] : []),
      ...(parts.requestLogDays === undefined ? [] : [requestLogDuty(app, parts.requestLogDays)]),
    ],
    async close() {
      await requestLog?.close();
      await database.close();
      await vault.close();
    },
  };
}

/** A log with one connection of its own: payments neither wait for it nor lend it theirs, and no watch counts its statements. */
function openRequestLog({ system, databaseUrl, prepared }: Parts): RequestLogWriter {
  const database = openDatabase({
    url: databaseUrl,
    maxConnections: 1,
    connectTimeoutMs: 3_000,
    prepared,
    durable: false,
  });
  return new RequestLogWriter({ system, database });
}

export interface Doors {
  publicUrl: string;
  rateLimitPerSecond: number;
  masterKey: MasterKey;
  /** The pretend bank of test mode, if there is one. */
  sandboxOrigin?: string;
  /** Where several servers are made in one process: what they share. */
  validators?: Validators;
  /** Where the built documentation lies; by default beside `src/`. */
  docsFolder?: string;
}

const BUILT_DOCS = fileURLToPath(new URL('../.docs', import.meta.url));

/** The HTTP server of a program: API, checkout pages and documentation on one origin. */
export function serverFor(program: Program, doors: Doors): Promise<FastifyInstance> {
  const { app, identities } = program;
  return buildServer({
    app,
    identities,
    publicUrl: doors.publicUrl,
    ...(program.requestLog === undefined ? {} : { requestLog: program.requestLog }),
    rateLimitPerSecond: doors.rateLimitPerSecond,
    ...(doors.validators === undefined ? {} : { validators: doors.validators }),
    pages(server) {
      registerCheckout(server, {
        door: createCheckoutDoor(app, identities),
        brands: createBrandDoor(app, identities),
        system: app.system,
        keys: { csrf: deriveKey(doors.masterKey, 'checkout form tokens') },
        publicUrl: app.checkoutUrl,
        ...(doors.sandboxOrigin === undefined ? {} : { sandboxOrigin: doors.sandboxOrigin }),
      });
      registerDocs(server, { folder: doors.docsFolder ?? BUILT_DOCS });
    },
  });
}

/** What answers `GET /metrics` where nothing else is served. */
export function metricsServerFor(program: Program): FastifyInstance {
  return metricsServer(program.app);
}

/** Starts everything that happens later; the returned function stops it and waits for what is running. */
export function startWorker(program: Program): () => Promise<void> {
  return startRunner(program.app.system, program.duties);
}
