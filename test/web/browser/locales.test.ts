/** Every language on the narrowest telephone, in a real browser: nothing scrolls sideways, nothing is cut off. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { PreviewName } from '../../../src/web/checkout/preview/fixtures.ts';
import { atRest, previewPage } from '../../../src/web/checkout/preview/render.ts';
import { LOCALES, phrasesOf } from '../../../src/web/i18n/locales.ts';
import { launchBrowser } from './chromium.ts';
import { cutOff, sidewaysScroll } from './fixture-window.ts';

/** The fullest screens: forms with all that may be asked, long sentences, buttons with verbs and amounts. */
const FULLEST: readonly PreviewName[] = [
  'choose',
  'mandate',
  'error_summary',
  'declined_other',
  'await_approval',
  'voucher',
  'receipt',
];

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
});

for (const { tag } of LOCALES) {
  test(`the fullest screens fit 320 points in ${tag}`, async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 }, javaScriptEnabled: true });
    try {
      for (const name of FULLEST) {
        const input = { t: phrasesOf(tag), path: '/checkout/preview/any', address: 'https://pay.example/any' };
        await page.setContent(atRest(previewPage(name, input)).body);
        assert.equal(await sidewaysScroll(page), 0, `${name} in ${tag} scrolls sideways`);
        assert.deepEqual(await cutOff(page), [], `${name} in ${tag}`);
      }
    } finally {
      await page.close();
    }
  });
}
