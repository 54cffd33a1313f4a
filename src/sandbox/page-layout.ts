/**
 * The look of the sandbox's pages and the headers they go out with. Plain HTML, one style, no script, nothing from outside:
 * they must work in a 250-pixel frame, on a phone, by keyboard, in the dark, and for a payer's browser that blocks everything.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[] | false | undefined;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML from a template; whatever is put in is escaped unless it is {@link Html} itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] ?? '';
  parts.forEach((part, i) => {
    text += render(part) + (strings[i + 1] ?? '');
  });
  return { html: text };
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'object') return 'html' in part ? part.html : part.map((one) => one.html).join('');
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const STYLE = `
:root{color-scheme:light dark;--paper:#eef1f6;--sheet:#fff;--ink:#152033;--soft:#4c5a6e;--line:#d5dce6;--act:#0a58a8;--on-act:#fff;--no:#a1162c;--note:#fff4d1;--on-note:#594200;--good:#0f6b3c;--ring:#0a58a8}
@media (prefers-color-scheme:dark){:root{--paper:#0f141b;--sheet:#19212c;--ink:#edf2f8;--soft:#aab7c7;--line:#334153;--act:#86bdff;--on-act:#071422;--no:#ff9aa8;--note:#3b300c;--on-note:#ffe394;--good:#7fdca8;--ring:#86bdff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
.note{margin:0;padding:.5rem 1rem;background:var(--note);color:var(--on-note);font-size:.875rem;font-weight:600;text-align:center}
main{width:min(100%,28rem);margin:0 auto;padding:1rem}
main.wide{width:min(100%,46rem)}
.sheet{background:var(--sheet);border:1px solid var(--line);border-radius:14px;padding:1.25rem;box-shadow:0 1px 2px rgb(0 0 0/.05),0 8px 24px rgb(0 0 0/.06)}
.bank{display:flex;align-items:center;gap:.625rem;margin:0 0 1rem;color:var(--soft);font-size:.9375rem;font-weight:600}
.mark{flex:none;width:1.75rem;height:1.75rem;border-radius:8px;background:linear-gradient(135deg,var(--act) 50%,var(--good) 50%)}
h1{margin:0 0 .25rem;font-size:1.375rem;line-height:1.25}
.lead{margin:0 0 1rem;color:var(--soft)}
.sum{margin:0 0 1rem;font-size:1.75rem;font-weight:700;font-variant-numeric:tabular-nums;line-height:1.2}
dl{margin:0 0 1.25rem;border-top:1px solid var(--line)}
dl div{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--soft)}
dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums}
form{display:grid;gap:.625rem;margin:0}
button,.button{display:block;width:100%;min-height:44px;padding:.625rem 1rem;border:1px solid var(--line);border-radius:10px;background:transparent;color:var(--ink);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.yes{border-color:var(--act);background:var(--act);color:var(--on-act)}
.no{border-color:var(--no);color:var(--no)}
.field{display:grid;gap:.25rem}
.field p{margin:0}
label{font-weight:600}
input{width:100%;min-height:44px;padding:.5rem .75rem;border:1px solid var(--soft);border-radius:10px;background:var(--sheet);color:var(--ink);font:inherit;font-size:1.25rem;letter-spacing:.25em}
input[aria-invalid]{border-color:var(--no)}
.wrong{color:var(--no);font-weight:600}
.quiet{border-color:transparent;color:var(--soft);text-decoration:underline}
button:hover,.button:hover{filter:brightness(1.08)}
a{color:var(--act)}
:focus-visible{outline:3px solid var(--ring);outline-offset:2px}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.75rem}
li .button{margin-top:.25rem}
li p{margin:0}
.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;font-weight:600}
.soft{color:var(--soft);font-size:.875rem}
@media (max-width:300px){main{padding:.5rem}.sheet{padding:.875rem;border-radius:10px}.sum{font-size:1.375rem;margin-bottom:.5rem}h1{font-size:1.125rem}.bank{margin-bottom:.5rem}dl{margin-bottom:.75rem}dl div{padding:.25rem 0}}
@media (max-height:450px){.bank,.lead{display:none}.sheet{padding:.75rem}form{grid-template-columns:1fr 1fr}.field{grid-column:1/-1}button{padding:.375rem}}
@media (prefers-reduced-motion:no-preference){button,.button{transition:filter .12s}}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface Page {
  status: number;
  title: string;
  content: Html;
  wide?: boolean;
  /** Origin of the shop that may frame the page and to which its form may lead; none for pages of no payment. */
  shop?: string;
  /** A bank's question in a frame of that page: browsers ask about every page around it, and the shop may show its page in its own. */
  embeddable?: true;
  /** Leads there at once, without script. */
  refreshTo?: string;
  /** Frames of our own are shown. */
  frames?: boolean;
}

/** Sends a page with the headers every page has. */
export function answerPage(res: ServerResponse, page: Page): void {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
${page.refreshTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${page.refreshTo}">`}
<style>${{ html: STYLE }}</style>
</head>
<body>
<header class="note">Test page. No money moves.</header>
<main${page.wide && html` class="wide"`}>${page.content}</main>
</body>
</html>
`.html;
  res.writeHead(page.status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(document),
    'content-security-policy': policyOf(page),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex, nofollow',
    'content-language': 'en',
  });
  res.end(document);
}

/** `form-action` names the shop because browsers hold the whole chain of a form's redirects against it. */
function policyOf(page: Page): string {
  const shop = page.shop === undefined ? '' : ` ${page.shop}`;
  return [
    "default-src 'none'",
    "base-uri 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action 'self'${shop}`,
    `frame-ancestors 'self'${shop}${page.embeddable ? ' https: http://localhost:*' : ''}`,
    ...(page.frames ? ["frame-src 'self'"] : []),
  ].join('; ');
}

/** ISO 4217 currencies that do not count in hundredths. */
const EXPONENTS: Record<string, number> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((c) => [c, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((c) => [c, 3])),
  ...{ CLF: 4, UYW: 4 },
};

/** `ZAR 1 234.50`: the code, never a symbol that several currencies share. */
export function moneyText(value: number, currency: string): string {
  const exponent = EXPONENTS[currency] ?? 2;
  const whole = Math.floor(value / 10 ** exponent);
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
  const part = exponent === 0 ? '' : `.${String(value % 10 ** exponent).padStart(exponent, '0')}`;
  return `${currency}\u00a0${grouped}${part}`;
}

const HALF_A_DAY_MS = 12 * 3_600_000;

/** `14:05 UTC`, with its date where that is not about `now`; the payer's own zone is not known without script. */
export function clockText(at: number, now: number): string {
  const text = new Date(at).toISOString();
  const clock = `${text.slice(11, 16)}\u00a0UTC`;
  return Math.abs(at - now) < HALF_A_DAY_MS ? clock : `${text.slice(0, 10)} ${clock}`;
}
