/** Made-up pages: every state, part and banner has one, and nothing on them acts by itself or leads away. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  BANNERS,
  isPreviewName,
  PARTS,
  PREVIEW_NAMES,
  type PreviewName,
} from '../../src/web/checkout/preview/fixtures.ts';
import { atRest, previewPage } from '../../src/web/checkout/preview/render.ts';
import { PAGE_STATES } from '../../src/web/checkout/state.ts';
import { choosePhrases } from '../../src/web/i18n/locales.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

const origin = 'https://pay.example';
const path = '/checkout/preview/any/held';

function documentOf(name: PreviewName): string {
  const t = choosePhrases({});
  return atRest(previewPage(name, { t, path, address: origin + path })).body;
}

/** Values of an attribute that the templates write. */
function inTemplates(attribute: 'data-part' | 'data-banner'): Set<string> {
  const folder = join(PROJECT_FOLDER, 'src/web/checkout');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/^(script|preview|embed)\b/.test(name),
  );
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  return new Set([...texts.matchAll(new RegExp(`${attribute}="([a-z_]+)"`, 'g'))].map((match) => match[1] as string));
}

test('every state has a made-up page that shows it', () => {
  for (const state of PAGE_STATES) assert.match(documentOf(state), new RegExp(`<main data-state="${state}"`), state);
});

test('every part and banner of the templates has a made-up page that shows it', () => {
  for (const part of [...inTemplates('data-part'), ...PARTS]) {
    assert.ok(isPreviewName(part), `the part ${part} has no fixture in web/checkout/preview/fixtures.ts`);
    // One language needs no switcher.
    if (part === 'language' && !documentOf('choose').includes('<select id="locale"')) continue;
    assert.match(documentOf(part), new RegExp(`data-part="${part}"`), part);
  }
  for (const banner of [...inTemplates('data-banner'), ...BANNERS]) {
    assert.ok(isPreviewName(banner), `the banner ${banner} has no fixture in web/checkout/preview/fixtures.ts`);
    assert.match(documentOf(banner), new RegExp(`data-banner="${banner}"(?! hidden)`), banner);
  }
});

test('a made-up page runs no script, reloads nothing, and all its forms and links stay on this origin', () => {
  for (const name of PREVIEW_NAMES) {
    const body = documentOf(name);
    assert.doesNotMatch(body, /<script|http-equiv/i, name);
    for (const [, address = ''] of body.matchAll(/ (?:action|href|src)="([^"]*)"/g)) {
      const stays = /^(\/checkout\/|#|mailto:|tel:)/.test(address) || address.startsWith(`${origin}/checkout/preview/`);
      assert.ok(stays, `${name} leads to ${address}`);
    }
  }
});
