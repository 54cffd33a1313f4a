/** The document around every screen: head, header, main, footer, always in the same places. */
import type { CheckoutView } from '../../app/checkout-door.ts';
import type { BrandView } from '../../domain/branding.ts';
import { DEFAULT_BRAND } from '../../domain/branding-defaults.ts';
import { attribute, type Html, html, type Part, trusted } from '../html.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { LOCALES } from '../i18n/locales.ts';
import { ASSETS, type Asset } from './assets.ts';
import { merchantMark, merchantText, pageFooter } from './brand-header.ts';
import { brandMarkSprite } from './brand-marks.ts';
import { brandFont, colorSchemes, fileAddress, styleOf } from './brand-style.ts';
import type { PageState } from './state.ts';

export interface DocumentInput {
  t: PagePhrases;
  title: string;
  state: PageState | 'plain';
  /** Two columns, or one in the middle. */
  layout: 'split' | 'single';
  main: Part;
  /** Absent where nothing may be told about a session. */
  view?: CheckoutView | undefined;
  /** Attributes of `<main>` beside those of the view. */
  mainData?: Html;
  /** Extra elements of the head: refreshes. */
  head?: Part;
  /** In the place of the page's own. */
  script?: Asset | undefined;
  /** Shows the marks' definitions. */
  marks?: boolean;
  /** Path of the session's page, for the language form. */
  path?: string;
}

/** A whole document as text. */
export function documentText(input: DocumentInput): string {
  const { t, view, script = ASSETS.script } = input;
  return html`<!doctype html>
<html lang="${t.meta.tag}" dir="${t.meta.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${colorSchemes(view?.brand ?? DEFAULT_BRAND)}">
<title>${input.title}</title>
${input.head}
${fontAhead(view?.brand)}
<style>${trusted(styleOf(view?.brand).text)}</style>
<link rel="icon" type="image/svg+xml" href="${ASSETS.icon.path}">
<script type="module" src="${script.path}" integrity="${script.integrity}"></script>
</head>
<body class="${input.layout}">
${input.marks && brandMarkSprite}
<header>
${view?.mode === 'test' && html`<p class="test" data-banner="test"><b>${t.text('test.banner')}</b> ${t.text('test.banner_text')}</p>`}
<div class="bar">${view && merchantMark(view)}</div>
${view && merchantText(view, { place: 'header', t })}
</header>
<main data-state="${input.state}"${view && mainAttributes(view)}${input.mainData}>
<div class="vh" role="status"></div>
${input.main}
</main>
${pageFooter(input, languageForm(input))}
</body>
</html>
`.text;
}

function fontAhead(brand: BrandView | undefined): Part {
  const font = brand && brandFont(brand);
  return font && html`<link rel="preload" as="font" type="font/woff2" href="${fileAddress(font)}" crossorigin>`;
}

function mainAttributes(view: CheckoutView): Html {
  return html` data-version="${view.version}" data-mode="${view.mode}" data-now="${view.now}" data-expires="${view.expiresAt}"`;
}

function languageForm({ t, path }: DocumentInput): Part {
  if (LOCALES.length < 2 || path === undefined) return false;
  return html`<form class="language" method="post" action="${path}/locale" data-part="language">
<label for="locale">${t.text('language.label')}</label>
<select id="locale" name="locale">${LOCALES.map(
    (meta) =>
      html`<option value="${meta.tag}" lang="${meta.tag}"${attribute('selected', meta.tag === t.meta.tag)}>${meta.name}</option>`,
  )}</select>
<button>${t.text('language.change')}</button>
</form>`;
}
