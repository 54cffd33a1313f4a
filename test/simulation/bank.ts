/** The processor's side of notifications: lets its clock catch up with the test's, and tells things in its name. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { credentialsOf } from '../../src/app/processor-access.ts';
import { must } from '../../src/lib/assert.ts';
import type { TestApp } from '../support/app.ts';

async function credentials(app: TestApp): Promise<Readonly<Record<string, string>>> {
  const tenant = must(await app.program.identities.tenant(app.tenantId), 'the tenant of the test');
  return credentialsOf(app.program.app, tenant);
}

/** Moves the bank's account clock to the test's and waits until everything due there has been told. */
export async function bankCatchesUp(app: TestApp): Promise<void> {
  const { base_url, merchant_key = '' } = await credentials(app);
  const answer = await fetch(`${base_url}/v1/clock`, {
    method: 'POST',
    headers: { 'merchant-key': merchant_key, 'content-type': 'application/json' },
    body: JSON.stringify({ to: new Date(app.clock.now()).toISOString() }),
  });
  if (!answer.ok) throw new Error(`the bank's clock answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Posts a rightly signed notification about the charge under `requestKey`. Answers the status it got. */
export async function tellsOf(app: TestApp, requestKey: string, type: string): Promise<number> {
  const { notification_secret: secret = '' } = await credentials(app);
  const path = `/notifications/${app.tenantId}`;
  const id = `N-${randomBytes(8).toString('hex')}`;
  const body = JSON.stringify({ notification_id: id, type, charge: { request_key: requestKey } });
  const at = Math.floor(app.clock.now() / 1000);
  const nonce = randomBytes(8).toString('hex');
  const signed = `POST\n${path}\n${at}\n${nonce}\n${createHash('sha256').update(body).digest('hex')}`;
  const mac = createHmac('sha512', secret.split(/\s+/)[0]!).update(signed).digest('hex');
  const answer = await fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sandbox-signature': `k=00000000;t=${at};n=${nonce};m=${mac}` },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}
