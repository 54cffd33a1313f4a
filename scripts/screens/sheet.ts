/** The contact sheet: a row of pictures for each screen, all with their names, as one picture. */
import type { Browser } from 'playwright-core';
import type { Shot } from './shots.ts';

export interface SheetParts {
  names: readonly string[];
  shots: readonly Shot[];
  /** The picture of a screen. */
  read: (name: string, shot: Shot) => Buffer;
}

/** Thumbnails are shown at this share of their size; long pages are cut off at the end of their row. */
const SHRUNK = { narrow: 0.42, wide: 0.24 };
const ROW_PX = 760;
/** Chromium draws nothing beyond 16,384 pixels. */
const MAX_SHEET_PX = 16_000;

/** PNG of the sheet: in two columns, or as many more as keep it within what can be drawn. */
export async function sheetOf(browser: Browser, { names, shots, read }: SheetParts): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  const cell = (name: string, shot: Shot): string => {
    const width = Math.round(shot.width * (shot.width > 800 ? SHRUNK.wide : SHRUNK.narrow));
    const caption = `${shot.width} ${shot.scheme} ${shot.locale}`;
    const address = `data:image/png;base64,${read(name, shot).toString('base64')}`;
    return `<figure style="width:${width}px"><img src="${address}" width="${width}" alt=""><figcaption>${caption}</figcaption></figure>`;
  };
  const rows = names.map(
    (name) => `<section><h2>${name}</h2><div>${shots.map((shot) => cell(name, shot)).join('')}</div></section>`,
  );
  await page.setContent(`<!doctype html><style>${STYLE}</style><main>${rows.join('')}</main>`);
  // Every picture is drawn before the sheet is taken.
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  const main = page.locator('main');
  for (let columns = Math.min(2, names.length); ; columns++) {
    await main.evaluate((element, count) => element.style.setProperty('--columns', String(count)), columns);
    const box = await main.boundingBox();
    if (box === null || box.height <= MAX_SHEET_PX) break;
  }
  const png = await main.screenshot({ animations: 'disabled' });
  await page.close();
  return png;
}

const STYLE = `
  body { margin: 0; width: max-content; background: #cfd4dc; font: 13px/1.3 sans-serif; color: #12151c }
  main { display: grid; grid-template-columns: repeat(var(--columns), max-content); gap: 12px 28px; padding: 16px; background: #cfd4dc }
  h2 { margin: 0 0 4px; font-size: 15px }
  section div { display: flex; gap: 6px; align-items: start }
  figure { margin: 0 }
  img { display: block; object-fit: cover; object-position: top; max-height: ${ROW_PX - 20}px; border: 1px solid #9aa3b2 }
  figcaption { font-size: 11px; color: #434a57 }
`;
