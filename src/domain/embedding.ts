/**
 * The page inside a shop's own page: who may frame it, and the claims of the token by which the shop's page proves to the frame that it
 * is the one the merchant's server handed the session to.
 */
import type { Timestamp } from '../lib/time.ts';
import type { CheckoutSettings } from './checkout-settings.ts';
import type { PresentationMode, Session } from './session.ts';

export type EmbeddedMode = Exclude<PresentationMode, 'redirect'>;

/** In test mode, where nothing was set: any port of this machine's name. */
const ANY_LOCAL_PORT = 'http://localhost:*';

/** Origins that may frame the embedded pages of a tenant, as browsers and policies spell them. */
export function framersOf({ allowedOrigins }: Pick<CheckoutSettings, 'allowedOrigins'>, mode: 'test' | 'live') {
  if (allowedOrigins.length === 0) return mode === 'test' ? [ANY_LOCAL_PORT] : [];
  // They stand in a header, where a semicolon would begin another directive: URL parsers take one in a host.
  return allowedOrigins.filter((origin) => /^https?:\/\/[\w.:[\]*-]+$/.test(origin));
}

/** Whether a page of exactly this origin may. Also runs in the browser, as text: it names nothing outside itself. */
export function mayFrame(origin: string, framers: readonly string[]): boolean {
  const local = /^http:\/\/localhost(:\d+)?$/.test(origin) && framers.includes('http://localhost:*');
  return local || framers.includes(origin);
}

/** Of a session that is shown in a frame; undefined for one that is opened by its address alone. */
export function embeddedModeOf({ options }: Pick<Session, 'options'>): EmbeddedMode | undefined {
  return options.presentationMode === 'redirect' ? undefined : options.presentationMode;
}

export interface ClientClaims {
  /** Origin of the checkout pages. */
  iss: string;
  aud: 'tender-checkout';
  /** `ps_…` */
  sub: string;
  /** `ckt_…` */
  ckt: string;
  url: string;
  mode: 'test' | 'live';
  presentation: EmbeddedMode;
  origins: readonly string[];
  /** Seconds since 1970, by the tenant's clock. */
  iat: number;
  exp: number;
}

export interface ClaimFacts {
  /** Origin of the checkout pages. */
  issuer: string;
  mode: 'test' | 'live';
  framers: readonly string[];
}

/** What a session's token says; undefined for one without an embedded mode. Nothing in it is random, so it is never stored. */
export function clientClaims(session: Session, { issuer, mode, framers }: ClaimFacts): ClientClaims | undefined {
  const presentation = embeddedModeOf(session);
  const { checkoutId, expiresAt } = session;
  if (presentation === undefined || checkoutId === undefined || expiresAt === undefined) return undefined;
  return {
    iss: issuer,
    aud: 'tender-checkout',
    sub: session.id,
    ckt: checkoutId,
    url: `${issuer}/checkout/${checkoutId}`,
    mode,
    presentation,
    origins: framers,
    iat: seconds(session.createdAt),
    exp: seconds(expiresAt),
  };
}

/**
 * Whether signed claims speak of this session, and still do at `at`. More time for the payer is more time for a token handed out before,
 * and what is under way when the time runs out goes on: an attempt in flight can still be looked after.
 */
export function claimsHold(
  claims: Readonly<Record<string, unknown>>,
  session: Session,
  { issuer, mode, at }: Omit<ClaimFacts, 'framers'> & { at: Timestamp },
): boolean {
  const wanted = clientClaims(session, { issuer, mode, framers: [] });
  if (wanted === undefined) return false;
  const same = (['iss', 'aud', 'sub', 'ckt', 'url', 'mode', 'presentation'] as const).every(
    (name) => claims[name] === wanted[name],
  );
  const { iat, exp } = claims;
  if (!same || typeof iat !== 'number' || typeof exp !== 'number' || iat > seconds(at)) return false;
  const inFlight = session.status === 'active' && session.paymentOutcome === 'pending';
  return inFlight || seconds(at) < exp || (exp < wanted.exp && seconds(at) < wanted.exp);
}

function seconds(at: Timestamp): number {
  return Math.floor(at / 1000);
}
