/** Settings that change what the pay form asks for: name, email, the code of saved cards, a box for the mandate. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, type Page } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
/** Bodies sent to the processor. */
const sent: string[] = [];
before(async () => {
  const watched =
    (send: Outbound): Outbound =>
    (request) => {
      if (request.body !== undefined) sent.push(request.body);
      return send(request);
    };
  app = await testApp({ wrapSend: watched });
});
after(() => app.close());

async function settle(settings: Json): Promise<void> {
  const reply = await app.merchant.call('PUT', '/collect/checkout_settings', settings, { key: null });
  assert.equal(reply.status, 200, reply.text);
}

const errorsOn = ({ html }: Page) => [...html.matchAll(/data-error="([^"]+)"/g)].map(([, key]) => key);
const inputOf = ({ html }: Page, name: string) => new RegExp(`<input id="${name}"[^>]*>`).exec(html)?.[0];

test('the name on the card is asked for as set: not, as a wish, as a must', async () => {
  const session = await app.merchant.createSession();
  await settle({});
  assert.equal(inputOf(await app.payer.open(session), 'card_name'), undefined);
  await settle({ name_on_card: 'optional' });
  const wished = await app.payer.open(session);
  assert.match(wished.html, /Name on card <span class="optional">\(optional\)<\/span>/);
  await settle({ name_on_card: 'required' });
  const payer = app.payer.another();
  const refused = await payer.pays(session, cards.approved);
  assert.deepEqual([refused.state, errorsOn(refused)], ['choose', ['card_name.missing']]);
  assert.equal((await payer.submit(session, refused, cards.approved, { card_name: 'Thandi M' })).state, 'paid');
});

test('an email is asked for where the customer has none, told to the processor, and never shown of another', async () => {
  await settle({ collect_email: 'required' });
  const known = await app.merchant.createSession({ options: { customer: { name: 'T', email: 'thandi@example.com' } } });
  const page = await app.payer.another().open(known);
  assert.equal(inputOf(page, 'payer_email'), undefined);
  assert.doesNotMatch(page.html, /thandi@example/);
  const session = await app.merchant.createSession({ options: { customer: { name: 'Without' } } });
  const payer = app.payer.another();
  assert.deepEqual(errorsOn(await payer.pays(session, cards.approved)), ['payer_email.missing']);
  const wrong = await payer.pays(session, cards.approved, { payer_email: 'thandi@' });
  assert.deepEqual(errorsOn(wrong), ['payer_email.format']);
  assert.match(inputOf(wrong, 'payer_email') ?? '', /type="email".* autocomplete="email".* value="thandi@"/);
  sent.length = 0;
  assert.equal((await payer.pays(session, cards.approved, { payer_email: ' thandi@example.org ' })).state, 'paid');
  assert.ok(sent.some((body) => body.includes('thandi@example.org')));
});

test('a mistyped domain is doubted in words when the form comes back, and taken when the payer keeps to it', async () => {
  await settle({ collect_email: 'optional' });
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  const typed = { payer_email: 'thandi@gmial.com' };
  const page = await payer.pays(session, { number: cards.approved, cvc: '1' }, typed);
  assert.deepEqual(errorsOn(page), ['card_cvc.length']);
  assert.match(page.html, /Did you mean thandi@gmail\.com\?/);
  assert.equal((await payer.pays(session, cards.approved, typed)).state, 'paid');
  const other = await app.merchant.createSession();
  assert.equal((await app.payer.another().pays(other, cards.approved)).state, 'paid', 'optional may be left empty');
});

test('a card number typed as email is refused and shown nowhere', async () => {
  await settle({ collect_email: 'optional' });
  const session = await app.merchant.createSession();
  const page = await app.payer
    .another()
    .pays(session, cards.approved, { payer_email: `${cards.approved}@example.com` });
  assert.deepEqual(errorsOn(page), ['payer_email.format']);
  assert.ok(!page.html.includes(`${cards.approved}@`));
});

test('a saved card asks for its security code unless the merchant does without', async () => {
  await settle({});
  const token = await paidSeries(app);
  const again = () => app.merchant.createSession({ options: { customer_id: token.customer_id } });
  const without = { card_cvc: '' };
  const asked = await app.payer.another().paysWithSaved(await again(), token.payment_method_id, without);
  assert.deepEqual(errorsOn(asked), ['card_cvc.missing']);
  await settle({ saved_card_security_code: 'not_required' });
  const session = await again();
  const payer = app.payer.another();
  assert.match((await payer.open(session)).html, /<div class="fields" data-part="new_card" data-no-code>/);
  const wrong = await payer.paysWithSaved(session, token.payment_method_id, { card_cvc: '12' });
  assert.deepEqual(errorsOn(wrong), ['card_cvc.length'], 'what is typed is still judged');
  assert.equal((await payer.paysWithSaved(session, token.payment_method_id, without)).state, 'paid');
  const fresh = await app.payer.another().pays(await again(), { number: cards.approved, cvc: '' });
  assert.deepEqual(errorsOn(fresh), ['card_cvc.missing'], 'a new card always asks');
});

test('with the box a mandate is agreed to by ticking it, and the evidence says so', async () => {
  await settle({ mandate_consent: 'checkbox' });
  const body = { type: 'first_in_series', options: { customer: { name: 'Thandi' } } };
  const session = await app.merchant.createSession(body);
  const payer = app.payer.another();
  const page = await payer.open(session);
  assert.match(page.html, /<input type="checkbox" id="mandate_consent" name="mandate_consent" value="true">/);
  const refused = await payer.submit(session, page, cards.approved);
  assert.deepEqual([refused.state, errorsOn(refused)], ['choose', ['mandate_consent.missing']]);
  assert.match(refused.html, /Tick the box to agree, or cancel/);
  assert.match(refused.html, /value="kept_card"/, 'the good number need not be typed again');
  assert.equal((await payer.submit(session, refused, cards.approved, { mandate_consent: 'true' })).state, 'paid');
  const paid = await app.merchant.session(session.id);
  const [row] = await app.database.query<{ evidence: string }>(
    'select evidence::text as evidence from mandate_consents where mandate_id = $1',
    [paid.mandate_id],
  );
  const evidence = JSON.parse(row!.evidence) as Json;
  assert.equal(evidence.action, 'checkbox');
  assert.ok(evidence.text.endsWith('I agree to this'), evidence.text);
  await settle({});
  const byButton = await app.merchant.createSession(body);
  assert.equal((await app.payer.another().pays(byButton, cards.approved)).state, 'paid');
});
