/** One picture of one screen, as wide as the window and as long as the page. */
import type { Page } from 'playwright-core';
import type { Screen } from './list.ts';

export interface Shot {
  width: number;
  scheme: 'light' | 'dark';
  locale: string;
}

/** PNG of a screen. */
export async function picture(page: Page, of: { origin: string; shot: Shot; screen: Screen }): Promise<Buffer> {
  const { origin, shot, screen } = of;
  // A page that goes on to the bank by itself is held back here, and then never finishes loading.
  await page.goto(`${origin}/checkout/${screen.page}.${shot.locale}`, { waitUntil: 'commit' });
  await page.locator('footer').waitFor();
  await page.waitForFunction(() => document.readyState !== 'loading');
  await screen.act?.(page);
  return page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide' });
}
