/** One look at many pages in a real browser: they fit their width, have targets of 44 pixels, no script, and no finding of axe. */
import assert from 'node:assert/strict';
import AxeBuilder from '@axe-core/playwright';
import type { Browser } from 'playwright-core';

const VIEWS = [
  [320, 'light'],
  [1280, 'dark'],
  [250, 'light'],
] as const;

/**
 * Opens every page at three widths. Axe meets all of them at 320 pixels in the light, and those in `dark` at 1280 in the dark: in
 * other places the same rules would meet the same elements. Answers the titles.
 */
export async function auditPages(
  browser: Browser,
  about: { pages: Record<string, string>; dark: readonly string[] },
): Promise<Set<string>> {
  const titles = new Set<string>();
  for (const [width, colorScheme] of VIEWS) {
    const context = await browser.newContext({ viewport: { width, height: 640 }, colorScheme });
    const page = await context.newPage();
    for (const [name, url] of Object.entries(about.pages)) {
      await page.goto(url);
      titles.add(await page.title());
      const facts = (await page.evaluate(`({
        wide: document.documentElement.scrollWidth,
        small: [...document.querySelectorAll('button, .button, input')].filter((one) => one.getBoundingClientRect().height < 44).length,
        scripts: document.scripts.length,
        lang: document.documentElement.lang,
      })`)) as Record<string, unknown>;
      assert.deepEqual(facts, { wide: width, small: 0, scripts: 0, lang: 'en' }, `${name} at ${width}`);
      if (width === 250 || (width === 1280 && !about.dark.includes(name))) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(
        violations.map((found) => found.id),
        [],
        `${name} at ${width}`,
      );
    }
    await context.close();
  }
  return titles;
}
