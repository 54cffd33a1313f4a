/** Debian's Chromium for tests; a machine without it fails by name instead of skipping. */
import { type Browser, chromium } from 'playwright-core';
import { chromiumAdvice, findChromium } from '../../../scripts/chromium.mjs';

/** Headless, in containers too, and without a word to anybody. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless browser that asks nobody for anything. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(chromiumAdvice());
  return chromium.launch({ executablePath, args: [...BROWSER_FLAGS] });
}
