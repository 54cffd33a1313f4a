/** Which connector a tenant uses, and its credentials: opened once, kept in memory for a while. */
import type { Attempt } from '../domain/attempt.ts';
import { must } from '../lib/assert.ts';
import type { Call, Credentials, Processor } from '../processors/processor.ts';
import type { App, Context, Tenant } from './context.ts';

const PURPOSE = 'processor';
const opened = new WeakMap<Buffer, Credentials>();

/** The connector by name and the tenant's credentials for it. */
export async function processorOf(
  context: Context,
  name: string,
): Promise<{ processor: Processor; credentials: Credentials }> {
  const processor = must(context.processors.find(name), `connector ${name}`);
  return { processor, credentials: await credentialsOf(context, context.tenant) };
}

/** A processor, and what every call about one attempt bears: its permanent key, and whose account it is. */
export interface Calling {
  processor: Processor;
  call: Call;
}

export async function callingAbout(context: Context, attempt: Attempt): Promise<Calling> {
  const { processor, credentials } = await processorOf(context, attempt.processor);
  return { processor, call: { requestKey: attempt.requestKey, credentials } };
}

export async function credentialsOf(app: App, tenant: Tenant): Promise<Credentials> {
  const sealed = must(tenant.sealedCredentials, 'the credentials of this tenant');
  let credentials = opened.get(sealed);
  if (credentials === undefined) {
    credentials = JSON.parse((await app.vault.openSecret(tenant.id, PURPOSE, sealed)).toString('utf8')) as Credentials;
    opened.set(sealed, credentials);
  }
  return credentials;
}

/** Credentials as they are stored. */
export function sealCredentials(app: App, tenantId: string, credentials: Credentials): Promise<Buffer> {
  return app.vault.sealSecret(tenantId, PURPOSE, Buffer.from(JSON.stringify(credentials)));
}
