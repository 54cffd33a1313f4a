/** Over HTTP: a page comes in the language that was wished for, from the payer's own choice down to the merchant's default. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CheckoutServer, startCheckout } from './checkout-server.ts';
import { viewWith } from './fixtures.ts';

let checkout: CheckoutServer;
before(async () => {
  checkout = await startCheckout();
});
after(() => checkout?.close());

async function languageOf(path: string, headers: Record<string, string> = {}): Promise<string | undefined> {
  const answer = await fetch(checkout.origin + path, { headers });
  const lang = /<html lang="([^"]+)" dir="(ltr|rtl)">/.exec(await answer.text());
  assert.equal(answer.headers.get('content-language'), lang?.[1]);
  assert.match(answer.headers.get('vary') ?? '', /Accept-Language/);
  return lang?.[1];
}

test('the page comes in the language of choice, session, browser or merchant, whichever is first', async () => {
  const { settings } = viewWith({});
  const inAfrikaans = { settings: { ...settings, defaultLocale: 'af' } };
  const plain = checkout.put('plain', viewWith(inAfrikaans));
  const arabic = checkout.put('arabic', viewWith({ ...inAfrikaans, locale: 'ar-EG' }));
  const cookie = { cookie: 'tender_locale=zu' };
  const browser = { 'accept-language': 'tlh, sw-KE;q=0.8, en;q=0.5' };

  assert.equal(await languageOf(plain, { 'accept-language': 'tlh' }), 'af');
  assert.equal(await languageOf(plain, browser), 'sw');
  assert.equal(await languageOf(arabic, browser), 'ar');
  assert.equal(await languageOf(arabic, { ...browser, ...cookie }), 'zu');
  assert.equal(await languageOf(arabic, { ...browser, cookie: 'tender_locale=tlh' }), 'ar');
});
