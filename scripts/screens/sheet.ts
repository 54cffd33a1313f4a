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
const SHRUNK = { narrow: 0.5, wide: 0.25 };
const ROW_PX = 420;
/** Chromium draws nothing beyond 16,384 pixels. */
const MAX_SHEET_PX = 16_000;

/** PNG of the sheet: as many columns as keep it within what can be drawn. */
export async function sheetOf(browser: Browser, { names, shots, read }: SheetParts): Promise<Buffer> {
  const columns = Math.max(1, Math.ceil((names.length * (ROW_PX + 40)) / MAX_SHEET_PX), Math.min(2, names.length));
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
  await page.setContent(`<!doctype html><style>${style(columns)}</style><main>${rows.join('')}</main>`);
  // Every picture is drawn before the sheet is taken.
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  const png = await page.locator('main').screenshot({ animations: 'disabled' });
  await page.close();
  return png;
}

const style = (columns: number): string => `
  body { margin: 0; width: max-content; background: #cfd4dc; font: 13px/1.3 sans-serif; color: #12151c }
  main { display: grid; grid-template-columns: repeat(${columns}, max-content); gap: 12px 28px; padding: 16px; background: #cfd4dc }
  h2 { margin: 0 0 4px; font-size: 15px }
  section div { display: flex; gap: 6px; align-items: start }
  figure { margin: 0 }
  img { display: block; object-fit: cover; object-position: top; max-height: ${ROW_PX - 20}px; border: 1px solid #9aa3b2 }
  figcaption { font-size: 11px; color: #434a57 }
`;
