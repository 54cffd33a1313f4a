/** Headers of checkout documents, spelled in one place; a test holds the policy to the exact string we promise. */
import type { PageState } from './state.ts';

export interface PageHeadersInput {
  /** `frame` is the one-line answer inside a bank frame; a receipt or refusal counts as its own state `plain`. */
  state: PageState | 'frame' | 'plain';
  /** Base64 SHA-256 of the document's one inline style. */
  styleHash: string;
  https: boolean;
  locale: string;
  /** Origin of the bank's page on `three_ds`. */
  acsOrigin?: string | undefined;
  /** The `redirect` screen posts to the bank; there is no card field in it either. */
  postsAway?: boolean | undefined;
  /** Origins that may frame the document; absent: the session has no embedded mode. */
  framers?: readonly string[] | undefined;
  /** Test mode only: the pretend bank's origin, which may be plain http. */
  sandboxOrigin?: string | undefined;
}

/** All headers of a checkout document but its type and length. */
export function pageHeaders(input: PageHeadersInput): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(input),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    'reporting-endpoints': 'csp="/checkout/reports"',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': input.framers ? 'cross-origin' : 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': permissionsPolicy(input),
    // It knows no list of origins: where framing is allowed the policy alone decides.
    ...(ancestorsOf(input) === NOBODY && { 'x-frame-options': 'DENY' }),
    ...(input.https && { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }),
    'content-language': input.locale,
    vary: 'Accept-Language, Cookie, Accept, Sec-Fetch-Dest, Sec-Fetch-Mode',
  };
}

/** The policy: nothing but our own style, script and requests; `three_ds` may post to and frame the bank, `redirect` post to it. */
export function contentSecurityPolicy(input: Omit<PageHeadersInput, 'https' | 'locale'>): string {
  const bank = input.state === 'three_ds';
  const formAction = bank || input.postsAway ? ["'self'", 'https:', input.sandboxOrigin] : ["'self'"];
  const frameSrc = bank && input.acsOrigin ? ["'self'", input.acsOrigin] : ["'none'"];
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${input.styleHash}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    `form-action ${formAction.filter(Boolean).join(' ')}`,
    `frame-src ${frameSrc.join(' ')}`,
    `frame-ancestors ${ancestorsOf(input)}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    'report-to csp',
  ].join('; ');
}

const NOBODY = "'none'";

/** Every page around a document is checked, so the answer in the bank's frame names us and whoever frames us. */
function ancestorsOf({ state, framers = [] }: Pick<PageHeadersInput, 'state' | 'framers'>): string {
  const all = state === 'frame' ? ["'self'", ...framers] : framers;
  return all.length === 0 ? NOBODY : all.join(' ');
}

function permissionsPolicy({ state, acsOrigin }: PageHeadersInput): string {
  if (state !== 'three_ds' || !acsOrigin) return 'camera=(), microphone=(), geolocation=(), payment=(), usb=()';
  const bank = `("${acsOrigin}")`;
  return `camera=(), microphone=(), geolocation=(), payment=${bank}, publickey-credentials-get=${bank}, usb=()`;
}
