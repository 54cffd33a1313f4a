/** Merchants' files and previews in a real browser: what was taken is shown, and what should never have been taken can do nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { JPEG, PNG, SVG, WEBP_LOSSLESS, WEBP_LOSSY } from '../../lib/images/samples.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { launchBrowser } from './chromium.ts';

let app: TestApp;
let browser: Browser;
before(async () => {
  [app, browser] = await Promise.all([testApp(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await app?.close();
});

async function put(body: Buffer): Promise<string> {
  const response = await fetch(`${app.url}/collect/branding/files/logo_light`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${app.merchant.secretKey}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(body),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { url: string }).url;
}

async function withPage(work: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  try {
    await work(page);
  } finally {
    await page.close();
  }
}

test('a picture of each kind that was written anew is shown, with its size and its colours', async () => {
  for (const [name, bytes] of Object.entries({ PNG, JPEG, WEBP_LOSSY, WEBP_LOSSLESS, SVG })) {
    const url = await put(bytes);
    await withPage(async (page) => {
      // On the same origin, so that its pixels may be read.
      await page.goto(`${app.url}/health`);
      const seen = await page.evaluate(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        const paper = Object.assign(document.createElement('canvas'), { width: 6, height: 4 }).getContext('2d');
        paper?.drawImage(image, 0, 0);
        return [image.naturalWidth, image.naturalHeight, ...(paper?.getImageData(1, 1, 1, 1).data ?? [])];
      }, url);
      const [width, height, red = 255, , blue = 0] = seen;
      assert.deepEqual([width, height], [6, 4], name);
      assert.ok(blue > red + 40, `${name} is blue where it was drawn blue: ${seen}`);
    });
  }
});

test('a drawing with a script that stood in the table all the same does nothing, opened by itself or in a frame', async () => {
  const hash = 'ab'.repeat(32);
  const script = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="document.title='ran'"><script>document.title='ran'; fetch('/ran')</script></svg>`;
  await app.database.query(
    `insert into branding_files (tenant_id, slot, hash, type, content, created_at) values ($1, 'icon', $2, 'image/svg+xml', $3, $4)`,
    [app.tenantId, hash, Buffer.from(script), new Date(0).toISOString()],
  );
  await withPage(async (page) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${app.url}/checkout/files/${hash}`);
    assert.notEqual(await page.title(), 'ran');
    assert.ok(!asked.includes('/ran'));
  });
});

test('a preview runs nothing, breaks no policy, and is shown in a frame of its own origin alone', async () => {
  const draft = { display_name: 'Draft & Sons', brand_color: '#0a7f3f' };
  const { url } = (await app.merchant.call('POST', '/collect/branding/preview', draft)).body;
  const frame = `<!doctype html><iframe src="${url}"></iframe>`;
  const stranger = Fastify();
  stranger.get('/', (_request, reply) => reply.type('text/html').send(frame));
  const elsewhere = await stranger.listen({ port: 0, host: '127.0.0.1' });
  try {
    await withPage(async (page) => {
      const broken: string[] = [];
      page.on('console', (message) => message.type() === 'error' && broken.push(message.text()));
      await page.goto(url);
      assert.deepEqual(broken, []);
      // The logo of the test before goes with the draft.
      assert.equal(await page.getByAltText('Draft & Sons').count(), 1);
      await page.locator('button.primary').click();
      assert.equal(await page.locator('main').getAttribute('data-state'), 'choose');
      await page.route(`${app.url}/dashboard`, (route) => route.fulfill({ contentType: 'text/html', body: frame }));
      await page.goto(`${app.url}/dashboard`);
      await page.frameLocator('iframe').locator('main[data-state=choose]').waitFor();
      await page.goto(elsewhere);
      assert.equal(await page.frameLocator('iframe').locator('main').count(), 0);
    });
  } finally {
    await stranger.close();
  }
});
