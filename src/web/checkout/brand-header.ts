/** What a page shows of its merchant besides colours: logo or initial, the merchant's own words, and links. All of it is plain text. */
import type { CheckoutView } from '../../app/checkout-door.ts';
import type { BrandingFile, BrandView } from '../../domain/branding.ts';
import { attribute, type Html, html, type Part } from '../html.ts';
import type { PagePhrases } from '../i18n/locales.ts';
import { fileAddress } from './brand-style.ts';

/** A logo fits into this many pixels. */
const LOGO = { width: 200, height: 44 };
const ICON = { width: 36, height: 36 };

/** The merchant at the top of the page: its logo; else icon and name; else initial and name. */
export function merchantMark({ merchant, brand }: CheckoutView): Html {
  const { displayName } = merchant;
  const logo = logoOf(brand, displayName);
  if (logo) return logo;
  const icon = fileOf(brand, 'icon');
  const initial = [...displayName][0]?.toLocaleUpperCase('en') ?? '';
  return html`${
    icon === undefined
      ? html`<span class="logo" aria-hidden="true">${initial}</span>`
      : image(icon, { alt: '', within: ICON })
  }<bdi class="name">${displayName}</bdi>`;
}

/** One image, or one for each scheme. A logo that was made for light pages lies on a light plate on dark ones. */
function logoOf(brand: BrandView, name: string): Html | undefined {
  const [light, dark] = [fileOf(brand, 'logo_light'), fileOf(brand, 'logo_dark')];
  const { colorScheme = 'auto' } = brand.set;
  const first = colorScheme === 'dark' ? (dark ?? light) : (light ?? dark);
  if (first === undefined) return undefined;
  const shown = image(first, { alt: name, within: LOGO });
  if (colorScheme === 'auto' && light !== undefined && dark !== undefined) {
    return html`<picture class="mark-of">
<source media="(prefers-color-scheme:dark)" srcset="${fileAddress(dark)}"${sizeOf(dark, LOGO)}>
${shown}
</picture>`;
  }
  return html`<span class="mark-of${first === light && colorScheme !== 'light' && ' plate'}">${shown}</span>`;
}

function fileOf({ files }: BrandView, slot: BrandingFile['slot']): BrandingFile | undefined {
  return files.find((file) => file.slot === slot);
}

interface Within {
  width: number;
  height: number;
}

function image(file: BrandingFile, { alt, within }: { alt: string; within: Within }): Html {
  return html`<img src="${fileAddress(file)}" alt="${alt}"${sizeOf(file, within)} decoding="async">`;
}

/** As large as fits, so that nothing moves when it arrives. */
function sizeOf({ width = 0, height = 0 }: BrandingFile, within: Within): Html {
  if (width === 0 || height === 0) return html` width="${within.width}" height="${within.height}"`;
  const scale = Math.min(within.width / width, within.height / height);
  return html` width="${Math.max(1, Math.round(width * scale))}" height="${Math.max(1, Math.round(height * scale))}"`;
}

type Place = 'header' | 'submit' | 'footer';

/** The merchant's own words in a place, in the language of the page or the nearest that there is; nothing where there are none. */
export function merchantText(view: CheckoutView, { place, t }: { place: Place; t: PagePhrases }): Part {
  const found = wordsFor(view.brand.set.texts?.[place] ?? {}, [t.meta.tag, view.settings.defaultLocale, 'en']);
  if (found === undefined) return false;
  const { tag, words } = found;
  return html`<p class="own" data-text="${place}" dir="auto"${attribute('lang', tag === t.meta.tag ? undefined : tag)}>${words}</p>`;
}

/** The words in the first of the languages that has some; a language without takes its base language’s. */
export function wordsFor(
  texts: Readonly<Record<string, string>>,
  tags: readonly string[],
): { tag: string; words: string } | undefined {
  for (const wish of tags) {
    for (let tag = wish; tag !== ''; tag = tag.slice(0, Math.max(tag.lastIndexOf('-'), 0))) {
      const words = Object.hasOwn(texts, tag) ? texts[tag] : undefined;
      if (words !== undefined) return { tag, words };
    }
  }
  return undefined;
}

/** Support first, then terms, privacy, language, the merchant's words, and whose page this is. */
export function pageFooter({ t, view }: { t: PagePhrases; view?: CheckoutView | undefined }, language: Part): Html {
  const set = view?.brand.set ?? {};
  const links = [
    { label: t.text('footer.terms'), address: set.termsUrl },
    { label: t.text('footer.privacy'), address: set.privacyUrl },
  ].filter(({ address }) => isHttps(address));
  return html`<footer aria-label="${t.text('footer.label')}">
${view && supportLine(view, t)}
${links.length > 0 && html`<p>${links.map(({ label, address }, n) => html`${n > 0 && ' '}<a href="${address}" target="_blank" rel="noopener">${label}</a>`)}</p>`}
${language}
${view && merchantText(view, { place: 'footer', t })}
${set.showPoweredBy !== false && html`<p>${t.text('footer.powered')}</p>`}
</footer>`;
}

function supportLine({ merchant }: CheckoutView, t: PagePhrases): Part {
  const { support } = merchant;
  if (support === undefined || Object.keys(support).length === 0) return false;
  const { email, phone, url } = support;
  return html`<p><span>${t.text('footer.support', { merchant: merchant.displayName })}</span>${
    email && html` <a href="mailto:${email}">${email}</a>`
  }${phone && html` <a href="tel:${phone.replace(/[^\d+]/g, '')}"><bdi>${phone}</bdi></a>`}${
    url && isHttps(url) && html` <a href="${url}">${url.replace(/^https:\/\//i, '')}</a>`
  }</p>`;
}

function isHttps(address: string | undefined): boolean {
  return address !== undefined && /^https:\/\//i.test(address);
}
