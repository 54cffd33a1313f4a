/** A made-up page through the real templates: what a preview shows, and what pictures and tests of screens are taken of. */
import type { PagePhrases } from '../../i18n/locales.ts';
import { notFoundPage, type Page, problemPage, receiptPage, sessionPage } from '../page.ts';
import type { PageContext } from '../page-context.ts';
import { shownTerms } from '../terms.ts';
import { fixtureOf, type PreviewName } from './fixtures.ts';
import type { PreviewWish } from './views.ts';

export interface PreviewInput extends PreviewWish {
  t: PagePhrases;
  /** Where the forms lead, below the origin. */
  path: string;
}

/** The document of a preview as the real page sends it, script included. */
export function previewPage(name: PreviewName, input: PreviewInput): Page {
  const { t, path } = input;
  const fixture = fixtureOf(name, input);
  if ('without' in fixture) {
    if (fixture.without === 'not_found') return notFoundPage(t);
    return problemPage(t, { status: 500, provenUnsent: true, path });
  }
  const { view, kept } = fixture;
  const context: PageContext = {
    t,
    view,
    path,
    terms: shownTerms(view, t),
    // Nothing takes these: the forms of a preview lead back to it.
    csrf: 'preview',
    attemptKey: 'preview',
    ...(kept && { kept }),
  };
  const page = (fixture.receipt && receiptPage(context)) || sessionPage(context);
  return fixture.marked ? { ...page, body: shown(page.body) } : page;
}

/** The page's own script shows this banner when the network is gone. */
function shown(body: string): string {
  return body.replace(/(data-banner="offline") hidden/, '$1');
}

/** The same without reloading or leaving by itself. */
export function withoutReload(page: Page): Page {
  const body = page.body.replace(
    /<noscript><meta http-equiv="refresh"[^>]*><\/noscript>|<meta http-equiv="refresh"[^>]*>/g,
    '',
  );
  return { ...page, body };
}

/**
 * The same without anything that acts by itself: a preview has no session to ask about, and nowhere to go. The page works without a
 * script by design, so everything is there.
 */
export function atRest(page: Page): Page {
  const { body, ...rest } = withoutReload(page);
  return { ...rest, body: body.replace(/<script type="module"[^>]*><\/script>\n?/, '') };
}
