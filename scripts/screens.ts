/**
 * Pictures of every screen of the checkout, and one contact sheet of them all, for people to look at. The pages are the previews'
 * made-up ones through the real templates, style, script and headers, in a real Chromium; no database is needed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/web/browser/chromium.ts';
import { screensNamed } from './screens/list.ts';
import { servePages } from './screens/pages.ts';
import { sheetOf } from './screens/sheet.ts';
import { picture, type Shot } from './screens/shots.ts';

const HELP = `npm run screens -- [options]

Makes a picture of every screen of the checkout page, and screens.png, one sheet of them all.

  --out FOLDER      where they go; default: a folder of the system's for temporary files
  --only WORDS      only screens whose name holds one of these words, by comma
  --widths PX       default 320,1280
  --schemes WORDS   default light,dark
  --locales TAGS    default: English and Arabic, which is written from right to left
  --help            this text
`;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(tmpdir(), 'tender-screens') },
    only: { type: 'string', default: '' },
    widths: { type: 'string', default: '320,1280' },
    schemes: { type: 'string', default: 'light,dark' },
    locales: { type: 'string', default: 'en,ar' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await takeAll();

async function takeAll(): Promise<void> {
  const folder = resolve(values.out);
  mkdirSync(folder, { recursive: true });
  const screens = screensNamed(values.only);
  if (screens.length === 0) throw new Error(`no screen has ${values.only} in its name`);
  const shots: Shot[] = values.widths
    .split(',')
    .flatMap((width) =>
      values.schemes
        .split(',')
        .flatMap((scheme) =>
          values.locales
            .split(',')
            .map((locale) => ({ width: Number(width), scheme: scheme as Shot['scheme'], locale })),
        ),
    );
  const pages = await servePages();
  const browser = await launchBrowser();
  try {
    const total = screens.length * shots.length;
    let count = 0;
    for (const shot of shots) {
      await eachPicture(browser, { origin: pages.origin, shot, screens }, (name, png) => {
        writeFileSync(join(folder, fileOf(name, shot)), png);
        count += 1;
        tell(`${count} of ${total}  ${name} ${Object.values(shot).join(' ')}`);
      });
    }
    tell('putting them together');
    const read = (name: string, shot: Shot) => readFileSync(join(folder, fileOf(name, shot)));
    const names = screens.map(({ name }) => name);
    writeFileSync(join(folder, 'screens.png'), await sheetOf(browser, { names, shots, read }));
    tell(`${total} pictures of ${screens.length} screens\n`);
    process.stdout.write(`${join(folder, 'screens.png')}\n`);
  } finally {
    await browser.close();
    await pages.close();
  }
}

type Work = { origin: string; shot: Shot; screens: ReturnType<typeof screensNamed> };

async function eachPicture(browser: Browser, work: Work, done: (name: string, png: Buffer) => void): Promise<void> {
  const { origin, shot, screens } = work;
  const context = await browser.newContext({
    viewport: { width: shot.width, height: shot.width > 800 ? 800 : 640 },
    colorScheme: shot.scheme,
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    for (const screen of screens) done(screen.name, await picture(page, { origin, shot, screen }));
  } finally {
    await context.close();
  }
}

function fileOf(name: string, { width, scheme, locale }: Shot): string {
  return `${name}-${width}-${scheme}-${locale}.png`;
}

/** One line that is written over where people watch. */
function tell(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}
