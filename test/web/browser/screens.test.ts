/**
 * Every screen in a real browser: no accessibility violation, nothing cut off or scrolling sideways, targets large enough, and no request
 * to anybody else. A run of the tests shows each state in two looks and each variant in one of a set in which all pairs of direction,
 * width, scheme and brand meet; `TENDER_MATRIX=full` (or names of brands) shows every screen in every look.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type CheckoutServer, startCheckout } from '../checkout-server.ts';
import { FIXTURES, type Fixture } from '../fixtures.ts';
import { launchBrowser } from './chromium.ts';
import {
  cutOff,
  type FixtureWindow,
  type Look,
  openFixtureWindow,
  sidewaysScroll,
  smallTargets,
  THEMES,
  violations,
} from './fixture-window.ts';

let browser: Browser;
let checkout: CheckoutServer;

before(async () => {
  [browser, checkout] = await Promise.all([launchBrowser(), startCheckout()]);
});
after(async () => {
  await browser?.close();
  await checkout?.close();
});

/** Screens that stay: the fresh ends leave for the shop at once. */
const STAYING = FIXTURES.filter(({ view }) => view.situation.kind !== 'completed' || !leaves(view));

function leaves({ situation, returnUrl, now }: Fixture['view']): boolean {
  return situation.kind === 'completed' && returnUrl !== undefined && now - situation.at < 30 * 60_000;
}

const DIRS = ['ltr', 'rtl'] as const;
const WIDTHS = [320, 768, 1280] as const;
const SCHEMES = ['light', 'dark', 'forced'] as const;
const BRAND_NAMES = Object.keys(THEMES) as Look['theme'][];

/** Eighteen looks in which every two values of different kinds meet. */
const PAIRWISE: Look[] = BRAND_NAMES.flatMap((theme, t) =>
  SCHEMES.map((scheme, s) => ({
    theme,
    scheme,
    width: WIDTHS[(t + s) % 3] as Look['width'],
    dir: DIRS[(s + Math.floor(t / 3)) % 2] as Look['dir'],
  })),
);
const EVERY_STATE: readonly Look[] = [
  { dir: 'ltr', width: 1280, scheme: 'light', theme: 'plain' },
  { dir: 'rtl', width: 320, scheme: 'dark', theme: 'grey' },
];

async function holds(window: FixtureWindow, fixture: Fixture, look: Look): Promise<void> {
  const what = `${fixture.name} ${JSON.stringify(look)}`;
  assert.equal(await window.page.locator('main').getAttribute('data-state'), fixture.state, what);
  assert.deepEqual(await violations(window.page, look.scheme), [], what);
  assert.equal(await sidewaysScroll(window.page), 0, `${what} scrolls sideways`);
  assert.deepEqual(await smallTargets(window.page), [], what);
  assert.deepEqual(await cutOff(window.page), [], what);
  assert.deepEqual(window.problems, [], what);
  if (!['three_ds', 'redirect'].includes(fixture.state)) assert.deepEqual(window.foreign, [], what);
}

test('all pairs of direction, width, scheme and brand are among the looks', () => {
  const pairs = new Set(
    PAIRWISE.flatMap((look) => {
      const values = Object.entries(look).map(([kind, value]) => `${kind}=${value}`);
      return values.flatMap((one) => values.filter((other) => one < other).map((other) => `${one} ${other}`));
    }),
  );
  assert.equal(pairs.size, 2 * 3 + 2 * 3 + 2 * 6 + 3 * 3 + 3 * 6 + 3 * 6);
});

const asked = process.env.TENDER_MATRIX;
if (asked !== undefined) {
  for (const theme of BRAND_NAMES.filter((name) => asked === 'full' || asked.includes(name))) {
    test(`every screen is accessible and whole in every direction, width and scheme (${theme})`, {
      timeout: 30 * 60_000,
    }, async () => {
      const window = await openFixtureWindow(browser, checkout);
      let shown = 0;
      for (const fixture of STAYING) {
        for (const dir of DIRS) {
          await window.show(fixture, { theme, dir, width: 320, scheme: 'light' });
          for (const width of WIDTHS) {
            for (const scheme of SCHEMES) {
              await window.turn({ width, scheme });
              await holds(window, fixture, { theme, dir, width, scheme });
              shown += 1;
            }
          }
        }
      }
      console.log(`${theme}: ${shown} pages without a violation`);
      await window.close();
    });
  }
} else {
  test('every state is accessible and whole: in the plain look, and mirrored, narrow, dark and in hostile colours', async () => {
    const window = await openFixtureWindow(browser, checkout);
    const states = new Set(STAYING.map(({ state }) => state));
    for (const state of states) {
      const fixture = STAYING.find((one) => one.state === state) as Fixture;
      for (const look of EVERY_STATE) {
        await window.show(fixture, look);
        await holds(window, fixture, look);
      }
    }
    await window.close();
  });

  test('every variant of a screen is accessible and whole in one look of the set of pairs', async () => {
    const window = await openFixtureWindow(browser, checkout);
    const firsts = new Set(STAYING.map(({ state }) => STAYING.find((one) => one.state === state)));
    const variants = STAYING.filter((fixture) => !firsts.has(fixture));
    for (const [n, fixture] of variants.entries()) {
      const look = PAIRWISE[n % PAIRWISE.length] as Look;
      await window.show(fixture, look);
      await holds(window, fixture, look);
    }
    await window.close();
  });
}

test('at 200 percent text, at 400 percent zoom and with text spacing nothing is lost', async () => {
  const window = await openFixtureWindow(browser, checkout);
  const firsts = STAYING.filter((one, n) => STAYING.findIndex(({ state }) => state === one.state) === n);
  const wordy = STAYING.filter(({ name }) => /long|many|summary|methods$|saved$/.test(name));
  for (const fixture of asked === undefined ? new Set([...firsts, ...wordy]) : STAYING) {
    // 1280 pixels at 400 percent are 320.
    await window.show(fixture, { dir: 'ltr', width: 320, scheme: 'light', theme: 'plain' });
    await window.page.addStyleTag({
      content:
        'html{font-size:200%}*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}',
    });
    assert.equal(await sidewaysScroll(window.page), 0, fixture.name);
    assert.deepEqual(await cutOff(window.page), [], fixture.name);
  }
  await window.close();
});

test('right to left, card number, code and reference are read from left to right', async () => {
  const window = await openFixtureWindow(browser, checkout);
  for (const name of ['choose', 'declined', 'choose-methods']) {
    const fixture = FIXTURES.find((one) => one.name === name) as Fixture;
    await window.show(fixture, { dir: 'rtl', width: 320, scheme: 'light', theme: 'plain' });
    const directions = await window.page.evaluate(() =>
      ['#card_number', '#card_expiry', '#card_cvc', '#mobile_money_phone'].map((id) => {
        const input = document.querySelector(id);
        return input ? getComputedStyle(input).direction : 'ltr';
      }),
    );
    assert.deepEqual(new Set(directions), new Set(['ltr']), name);
  }
  await window.close();
});

test('in forced colours every control keeps its outline', async () => {
  const window = await openFixtureWindow(browser, checkout);
  for (const fixture of FIXTURES.filter(({ name }) => ['choose-saved', 'choose-methods', 'declined'].includes(name))) {
    await window.show(fixture, { dir: 'ltr', width: 1280, scheme: 'forced', theme: 'plain' });
    const bare = await window.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.primary, .secondary, input[type=text], .choice')]
        .filter((element) => element.offsetParent && getComputedStyle(element).borderTopStyle === 'none')
        .map((element) => element.className),
    );
    assert.deepEqual(bare, [], fixture.name);
  }
  await window.close();
});
