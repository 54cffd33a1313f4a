/**
 * Makes `docs/openapi.json`: the document the server answers at `/openapi.json`, from a server that never listens and whose
 * database and vault are never reached.
 */
import { randomBytes } from 'node:crypto';
import type { App } from '../../src/app/context.ts';
import { createNudge } from '../../src/app/nudge.ts';
import { buildServer } from '../../src/http/server.ts';
import { openDatabase } from '../../src/store/database.ts';
import { realSystem } from '../../src/system.ts';
import { loadMasterKey } from '../../src/vault/master-key.ts';
import { openVault } from '../../src/vault/vault.ts';

const PUBLIC_URL = 'http://localhost:4600';
const NO_DATABASE = 'postgres://127.0.0.1:1/none';

/** The document as an object; the API tests read their cases from it. */
export async function openapiObject(): Promise<Record<string, unknown>> {
  const app: App = {
    system: realSystem('silent'),
    database: openDatabase({ url: NO_DATABASE, maxConnections: 1, connectTimeoutMs: 1, prepared: true }),
    vault: openVault({
      url: NO_DATABASE,
      maxConnections: 1,
      masterKey: loadMasterKey({ text: randomBytes(32).toString('base64') }),
      random: randomBytes,
    }),
    processors: new Map(),
    checkoutUrl: PUBLIC_URL,
    nudge: createNudge(),
  };
  const server = await buildServer({ app, publicUrl: PUBLIC_URL, rateLimitPerSecond: 0 });
  try {
    await server.ready();
    return server.swagger() as unknown as Record<string, unknown>;
  } finally {
    await server.close();
    await app.database.close();
    await app.vault.close();
  }
}

/** Text of the file. */
export async function openapiDocument(): Promise<string> {
  return `${JSON.stringify(await openapiObject(), undefined, 2)}\n`;
}
