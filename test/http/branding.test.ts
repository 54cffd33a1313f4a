/** How pages look: shown whole, replaced whole, refused with every problem, and each tenant's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Json, Merchant } from '../support/merchant.ts';

const PATH = '/collect/branding';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const put = (merchant: Merchant, body: unknown) => merchant.call('PUT', PATH, body, { key: null });
const brandingOf = async (merchant: Merchant): Promise<Json> => (await merchant.call('GET', PATH)).body;
const problemsOf = (reply: Json): string[] =>
  reply.body.errors.map(({ pointer, code }: Json) => `${pointer} ${code}`).sort();

const FULL = {
  display_name: 'Karoo Coffee',
  legal_name: 'Karoo Coffee Roasters (Pty) Ltd',
  brand_color: '#7A3E1D',
  background_color: '#fffaf4',
  accent_color: '#9a4a10',
  dark_background_color: '#1a120c',
  color_scheme: 'auto',
  corner_radius: 12,
  button_shape: 'pill',
  font: 'humanist',
  button_verb: 'order',
  statement_name: 'KAROO COFFEE',
  terms_url: 'https://karoo.example/terms',
  privacy_url: 'https://karoo.example/privacy',
  support: { email: 'help@karoo.example', phone: '+27 21 555 0100', url: 'https://karoo.example/help' },
  texts: { header: { en: 'Roasted on Tuesdays', 'PT-br': 'Torrado às terças' }, footer: { ar: 'قهوة كارو' } },
  show_powered_by: false,
  contrast: 'repair',
};

test('who set nothing has the name of the account, the usual colours, and version 0', async () => {
  const merchant = await app.otherMerchant();
  const { derived, ...branding } = await brandingOf(merchant);
  const { display_name: name } = branding;
  assert.deepEqual(branding, {
    display_name: name,
    legal_name: name,
    brand_color: '#1f5eff',
    background_color: '#ffffff',
    accent_color: '#1f5eff',
    dark_background_color: '#0e1117',
    color_scheme: 'auto',
    corner_radius: 8,
    button_shape: 'rounded',
    font: 'system',
    button_verb: 'pay',
    support: {},
    texts: {},
    show_powered_by: true,
    contrast: 'repair',
    fonts: {},
    contrast_report: [],
    version: 0,
  });
  assert.deepEqual([derived.light.button, derived.light.button_text], ['#1f5eff', '#ffffff']);
});

test('a branding is replaced whole, shown with what was made of it, and described by the document of the API', async () => {
  const merchant = await app.otherMerchant();
  const reply = await put(merchant, FULL);
  assert.equal(reply.status, 200, reply.text);
  const { derived, contrast_report: report, version, fonts, ...set } = reply.body;
  const texts = { header: { en: 'Roasted on Tuesdays', 'pt-BR': 'Torrado às terças' }, footer: { ar: 'قهوة كارو' } };
  assert.deepEqual(set, { ...FULL, brand_color: '#7a3e1d', texts });
  assert.deepEqual([version, fonts, derived.light.page, derived.light.button], [1, {}, '#fffaf4', '#7a3e1d']);
  assert.ok(report.some(({ scheme, token }: Json) => scheme === 'dark' && token === 'link'));
  assert.deepEqual(await brandingOf(merchant), reply.body);
  const second = await put(merchant, { display_name: 'Karoo' });
  assert.deepEqual([second.body.version, second.body.brand_color, second.body.support], [2, '#1f5eff', {}]);
});

test('each account and each mode has its own branding, and none sees another’s', async () => {
  const merchant = await app.otherMerchant();
  await put(app.merchant, { display_name: 'Only mine' });
  assert.notEqual((await brandingOf(merchant)).display_name, 'Only mine');
  const [live] = await app.database.query<{ tenant_id: string }>(
    `select tenant_id from tenants where mode = 'live' and account_id = $1`,
    [app.accountId],
  );
  const { key } = await createApiKey(app.program.app, { id: live!.tenant_id, mode: 'live' }, 'secret');
  assert.notEqual((await brandingOf(new Merchant(app.url, key, key))).display_name, 'Only mine');
});

test('a public key neither reads nor changes it', async () => {
  for (const method of ['GET', 'PUT'] as const) {
    const reply = await app.merchant.call(method, PATH, method === 'PUT' ? {} : undefined, {
      key: null,
      bearer: app.merchant.publicKey,
    });
    assert.deepEqual([reply.status, reply.body.code], [403, 'forbidden']);
  }
});

test('everything that is wrong is told at once, and nothing is changed', async () => {
  const merchant = await app.otherMerchant();
  const reply = await put(merchant, {
    display_name: 'Karoo\u202eeffoC',
    legal_name: 'x'.repeat(121),
    brand_color: 'red',
    background_color: '#fff',
    accent_color: '#12345g',
    dark_background_color: 7,
    color_scheme: 'sepia',
    corner_radius: 24.5,
    button_shape: 'round',
    font: 'Comic Sans',
    button_verb: 'grab',
    statement_name: 'TWENTY-THREE LETTERS OK',
    terms_url: 'http://karoo.example/terms',
    privacy_url: 'javascript:alert(1)',
    support: { email: 'help', phone: 'call', url: `https://karoo.example/${'x'.repeat(480)}`, fax: '1' },
    texts: { header: { en: 'a\nb', 'not a tag': 'x' }, submit: { en: 'x'.repeat(121) }, footer: 'x', css: {} },
    show_powered_by: 'no',
    contrast: 'none',
    custom_css: 'body{}',
    version: 3,
  });
  assert.equal(reply.status, 400);
  assert.deepEqual(problemsOf(reply), [
    '/accent_color invalid_value',
    '/background_color invalid_value',
    '/brand_color invalid_value',
    '/button_shape invalid_value',
    '/button_verb invalid_value',
    '/color_scheme invalid_value',
    '/contrast invalid_value',
    '/corner_radius invalid_type',
    '/custom_css unknown_field',
    '/dark_background_color invalid_type',
    '/display_name invalid_value',
    '/font invalid_value',
    '/legal_name out_of_range',
    '/privacy_url invalid_value',
    '/show_powered_by invalid_type',
    '/statement_name out_of_range',
    '/support/email invalid_value',
    '/support/fax unknown_field',
    '/support/phone invalid_value',
    '/support/url invalid_value',
    '/terms_url invalid_value',
    '/texts/css unknown_field',
    '/texts/footer invalid_type',
    '/texts/header/en invalid_value',
    '/texts/header/not a tag invalid_value',
    '/texts/submit/en out_of_range',
    '/version unknown_field',
  ]);
  assert.equal((await brandingOf(merchant)).version, 0);
});

test('no text holds what shows as something else', async () => {
  for (const sign of ['\u0007', '\u001b', '\u007f', '\u0085', '\u2028', '\u202a', '\u202e', '\u2066', '\u2069']) {
    const reply = await put(app.merchant, { display_name: `Karoo${sign}`, texts: { footer: { en: `a${sign}b` } } });
    assert.equal(reply.status, 400, JSON.stringify(sign));
    assert.deepEqual(problemsOf(reply), ['/display_name invalid_value', '/texts/footer/en invalid_value']);
  }
  const hebrew = 'קפה \u200fקארו 5%';
  assert.equal((await put(await app.otherMerchant(), { display_name: hebrew })).body.display_name, hebrew);
});

test('strict refuses a colour that would be changed, by its field, and takes it where it would not', async () => {
  const merchant = await app.otherMerchant();
  const yellow = { brand_color: '#ffe600', contrast: 'strict' };
  const reply = await put(merchant, yellow);
  assert.deepEqual([reply.status, problemsOf(reply)], [400, ['/brand_color contrast_too_low']]);
  assert.match(reply.body.errors[0].detail, /Links on light pages: #ffe600 has a contrast of 1\.\d+:1 on #/);
  const both = { ...yellow, accent_color: '#fff000', background_color: '#ffffff', dark_background_color: '#ffffff' };
  assert.deepEqual(problemsOf(await put(merchant, both)), [
    '/accent_color contrast_too_low',
    '/accent_color contrast_too_low',
  ]);
  assert.deepEqual(problemsOf(await put(merchant, { ...both, color_scheme: 'light' })), [
    '/accent_color contrast_too_low',
  ]);
  const readable = await put(merchant, { ...yellow, accent_color: '#0a58ca' });
  assert.equal(readable.status, 200, readable.text);
});

test('of many replacements at once each is whole, and the version counts them all', async () => {
  const merchant = await app.otherMerchant();
  const replies = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((n) => put(merchant, { display_name: `Shop ${n}`, corner_radius: n })),
  );
  assert.deepEqual(replies.map(({ body }) => body.version).sort(), [1, 2, 3, 4, 5, 6]);
  const last = replies.find(({ body }) => body.version === 6)!.body;
  assert.deepEqual(await brandingOf(merchant), last);
  assert.equal(last.display_name, `Shop ${last.corner_radius}`);
});
