/**
 * Makes `docs/openapi.json`: the document the server answers at `/openapi.json`, from a server that never listens and whose
 * database and vault are never reached.
 */
import { randomBytes } from 'node:crypto';
import { compose } from '../../src/compose.ts';
import { buildServer } from '../../src/http/server.ts';
import { realSystem } from '../../src/system.ts';
import { loadMasterKey } from '../../src/vault/master-key.ts';

const PUBLIC_URL = 'http://localhost:4600';
const NO_DATABASE = 'postgres://127.0.0.1:1/none';

/** The document as an object; the API tests read their cases from it. */
export async function openapiObject(): Promise<Record<string, unknown>> {
  const program = compose({
    system: realSystem('silent'),
    databaseUrl: NO_DATABASE,
    vaultUrl: NO_DATABASE,
    masterKey: loadMasterKey({ text: randomBytes(32).toString('base64') }),
    connections: 1,
    prepared: true,
    checkoutUrl: PUBLIC_URL,
    allowLoopbackWebhooks: false,
  });
  const { app, identities } = program;
  const server = await buildServer({ app, identities, publicUrl: PUBLIC_URL, rateLimitPerSecond: 0 });
  try {
    await server.ready();
    return server.swagger() as unknown as Record<string, unknown>;
  } finally {
    await server.close();
    await program.close();
  }
}

/** Text of the file. */
export async function openapiDocument(): Promise<string> {
  return `${JSON.stringify(await openapiObject(), undefined, 2)}\n`;
}
