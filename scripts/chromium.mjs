/**
 * Finds the browser that the browser tests drive. Plain JavaScript, because the installer runs on any Node.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe', 'msedge.exe'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The path of a Chromium or Chrome: `TENDER_CHROMIUM` when set, else the first one found on the PATH or where its
 * installer puts it. Undefined when there is none.
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env.TENDER_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'].filter(Boolean);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...applications].find((path) => existsSync(path));
}

/** What a person does when there is none. */
export function chromiumAdvice() {
  const named = process.env.TENDER_CHROMIUM;
  if (named) return `TENDER_CHROMIUM names ${named}, which does not exist.`;
  return (
    'The browser tests need Chromium or Chrome. Install it (Debian: apt-get install chromium; Ubuntu, macOS, Windows: ' +
    'https://www.google.com/chrome), or set TENDER_CHROMIUM to the program.'
  );
}
