/** Binds the test tenants to a sandbox processor: an account each, made on first need, and where notifications go. */
import { must } from '../lib/assert.ts';
import type { Credentials } from '../processors/processor.ts';
import {
  announceNotificationUrl,
  isSandbox,
  openSandboxAccount,
  SandboxSetupFailed,
} from '../processors/sandbox-account.ts';
import { listTenants, saveCredentials } from '../store/tenants.ts';
import { type App, contextFor, type Tenant } from './context.ts';
import { credentialsOf, sealCredentials } from './processor-access.ts';

export interface SandboxPlace {
  /** Origin of the sandbox. */
  baseUrl: string;
  controlKey: string;
  /** Origin under which the sandbox reaches this server. */
  notifyUrl: string;
}

/**
 * Every test tenant gets credentials, or says again where its notifications go. A live tenant bound to a sandbox, or an address
 * where no sandbox answers, is an error: pretend money and real money never meet.
 */
export async function bindSandbox(app: App, place: SandboxPlace): Promise<void> {
  const { send } = app.system;
  if (!(await isSandbox({ send, baseUrl: place.baseUrl }))) {
    throw new SandboxSetupFailed(
      `No sandbox processor answers at ${place.baseUrl}: start it with \`tender sandbox start\`.`,
    );
  }
  for (const tenant of await listTenants(app.database)) {
    if (tenant.processor !== 'sandbox') continue;
    if (tenant.mode === 'live')
      throw new SandboxSetupFailed(
        `The live tenant ${tenant.id} is bound to the sandbox: bind it to a real processor.`,
      );
    await bindTenant(app, tenant, place);
  }
}

export async function bindTenant(app: App, tenant: Tenant, place: SandboxPlace): Promise<void> {
  const { send } = app.system;
  const notificationUrl = `${place.notifyUrl}/notifications/${tenant.id}`;
  if (tenant.sealedCredentials !== undefined) {
    const credentials = await credentialsOf(app, tenant);
    if (credentials.base_url === place.baseUrl) {
      const said = await announceNotificationUrl({ send, credentials, notificationUrl });
      if (said === 'announced') return;
    }
  }
  const fresh = await openSandboxAccount({
    send,
    baseUrl: place.baseUrl,
    controlKey: place.controlKey,
    // The pretend bank shows the part before the dot to payers, and takes 64 characters.
    name: `${tenant.accountName.slice(0, 30)} · ${tenant.id}`,
    notificationUrl,
  });
  // A new account begins in real time: an authorisation there would be over before it began here.
  if (tenant.clockOffsetMs > 0) await moveAlong(app, tenant, fresh);
  const sealed = await sealCredentials(app, tenant.id, fresh);
  await app.database.transaction((tx) => saveCredentials(tx, tenant.id, sealed));
}

async function moveAlong(app: App, tenant: Tenant, credentials: Credentials): Promise<void> {
  const processor = must(app.processors.find(tenant.processor), 'the sandbox connector');
  const step = await processor.advanceClock?.(contextFor(app, tenant).at, { credentials });
  if (step?.kind !== 'at')
    throw new SandboxSetupFailed(`The sandbox did not move the clock of ${tenant.id} to where it stands here.`);
}
