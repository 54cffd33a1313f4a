/** What a page has more when it is rendered into a shop's frame: facts for its script, and the way out for who has none. */
import { attribute, type Html, html, type Part } from '../../html.ts';
import { ASSETS, type Asset } from '../assets.ts';
import { type PageContext, wholeWindow } from '../page-context.ts';
import { hasForm, isWaiting, stateOf } from '../state.ts';

/** The script of the page, where it is another than usual. */
export function frameScript({ framed }: Pick<PageContext, 'framed'>): Asset | undefined {
  return framed ? ASSETS.frameScript : undefined;
}

/** Attributes of `<main>` that `frame-page.ts` reads. */
export function frameAttributes({ t, view, framed }: PageContext): Html {
  if (!framed || view.embedding === undefined) return html``;
  const merchant = view.merchant.displayName;
  const label = hasForm(view) ? t.text('form.cancel') : t.text('return.button', { merchant });
  const ask = hasForm(view) || isWaiting(stateOf(view));
  return html` data-frame="${view.embedding.mode}" data-framers="${view.embedding.framers.join(' ')}" data-session="${view.sessionId}" data-close="${label}"${attribute(
    'data-ask',
    ask && `${t.text('checking.text')} ${t.text('checking.close', { merchant })}`,
  )}`;
}

/** Browsers refuse `autofocus` in a frame of another site, and say so; there the script focuses it, once the payer is in the frame. */
export function focusByScript(body: string, { framed }: Pick<PageContext, 'framed'>): string {
  return framed ? body.replaceAll(/(<[^>]*) autofocus(?=[ >])/g, '$1 data-autofocus') : body;
}

/**
 * A form in a frame is taken with the shop's token alone, which the script brings: without it the page is opened in the whole window. The
 * script shows the same link when no shop speaks to it.
 */
export function wayOut({ t, path, framed }: PageContext): Part {
  if (!framed) return false;
  const link: Html = html`<a class="button primary" href="${path}"${wholeWindow(framed)}>${t.text('three_ds.full_page')}</a>`;
  return html`<noscript><p class="actions">${link}</p></noscript><p class="actions" data-part="way_out" hidden>${link}</p>`;
}
