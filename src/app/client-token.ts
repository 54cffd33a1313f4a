/** The `client_token` of embedded sessions: signed for the shop's page, and judged when it comes back with a form. */
import { claimsHold, clientClaims, framersOf } from '../domain/embedding.ts';
import type { Session } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { type JwsKey, jwsKey, readJws, signJws } from '../lib/jws.ts';
import { subkey } from '../vault/sealing.ts';
import type { Context } from './context.ts';

/** The token of a session; undefined where it is not embedded. The same session under the same settings has the same token. */
export function clientTokenOf(context: Context, session: Session): string | undefined {
  const { tenant, checkoutUrl } = context;
  const framers = framersOf(tenant.checkoutSettings, tenant.mode);
  const claims = clientClaims(session, { issuer: checkoutUrl, mode: tenant.mode, framers });
  return claims && signJws(claims, must(keysOf(context)[0], 'a key for client tokens'));
}

/** Whether a token is ours, of this very session, and has not run out. */
export function clientTokenHolds(context: Context, session: Session, token: string): boolean {
  const claims = readJws(token, keysOf(context));
  if (claims === undefined) return false;
  return claimsHold(claims, session, { issuer: context.checkoutUrl, mode: context.tenant.mode, at: context.at });
}

/** The tenant's keys: the one that signs first, then those of earlier master keys. */
function keysOf({ clientTokenKeys, tenant }: Context): JwsKey[] {
  return clientTokenKeys.map((key) => jwsKey(subkey(key, `client token/${tenant.id}`)));
}
