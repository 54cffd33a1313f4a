/** Settings that change what follows: how a decline reads, when cards close, more time, what stands after the payment. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, type Page } from '../support/payer.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

async function settle(settings: Json): Promise<void> {
  const reply = await app.merchant.call('PUT', '/collect/checkout_settings', settings, { key: null });
  assert.equal(reply.status, 200, reply.text);
}

const WRONG_CODE = '4000000000000127';
const EXPIRED = '4000000000000069';
const classOf = ({ html }: Page) => /data-decline="([^"]+)"/.exec(html)?.[1];

test('with minimal every reason that a thief could learn from reads as the bank’s plain no, in all that follows from it', async () => {
  const shown = async (card: string) => {
    const session = await app.merchant.createSession();
    const page = await app.payer.another().pays(session, card);
    const [text] = /data-banner="decline"[\s\S]*?<\/div>/.exec(page.html) ?? [''];
    const told = (await app.merchant.session(session.id)).last_payment_error.decline_code;
    const asked = /data-ask-expiry/.test(page.html);
    const chosen = /value="([^"]*)"[^>]* checked/.exec(page.html)?.[1];
    return { page: { state: page.state, class: classOf(page), text, asked, chosen }, told };
  };
  await settle({});
  assert.equal((await shown(WRONG_CODE)).page.class, 'security_code');
  await settle({ decline_detail: 'minimal' });
  const plain = await shown(cards.declined);
  assert.equal(plain.page.class, 'bank');
  for (const card of [WRONG_CODE, cards.insufficientFunds, EXPIRED]) {
    const told = await shown(card);
    const last4 = (text: string) => text.replaceAll(/\d{4}/g, 'NNNN');
    assert.deepEqual(
      { ...told.page, text: last4(told.page.text) },
      { ...plain.page, text: last4(plain.page.text) },
      `${card} shows what ${cards.declined} shows`,
    );
    assert.notEqual(told.told, plain.told, 'the merchant is told the true reason');
  }
});

test('the limits of a page are the merchant’s', async () => {
  await settle({ limits: { attempts: 2 } });
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  assert.equal((await payer.pays(session, cards.declined)).state, 'declined');
  assert.equal((await payer.pays(session, cards.insufficientFunds)).state, 'too_many_tries');
  await settle({ limits: { per_card: 1 } });
  const other = await app.merchant.createSession();
  assert.equal((await app.payer.another().pays(other, cards.declined)).state, 'declined_other');
  await settle({ limits: { security_codes: 1 } });
  const third = await app.merchant.createSession();
  assert.equal((await app.payer.another().pays(third, WRONG_CODE)).state, 'declined_other');
  assert.equal((await app.payer.another().pays(third, cards.declined)).state, 'declined', 'only that card is closed');
});

test('where something is held for a fixed time nobody gets more time, and the page says until when', async () => {
  await settle({ more_time: false });
  const session = await app.merchant.createSession();
  app.clock.advance(24 * 60 * MINUTE - 20 * MINUTE);
  const payer = app.payer.another();
  const page = await payer.open(session);
  assert.match(page.html, /data-part="more_time"/);
  assert.doesNotMatch(page.html, /I need more time/);
  const { expires_at: before } = await app.merchant.session(session.id);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  await payer.press(session, 'more_time', { csrf });
  assert.equal((await app.merchant.session(session.id)).expires_at, before);
  await settle({});
  await payer.act(session, 'more_time');
  app.clock.advance(6 * MINUTE);
  await payer.act(session, 'more_time');
  assert.notEqual((await app.merchant.session(session.id)).expires_at, before);
});

test('after the payment the payer goes back, or stays where it is confirmed', async () => {
  const options = { checkout_options: { return_url: 'https://shop.example/thanks' } };
  await settle({});
  const first = await app.payer.another().pays(await app.merchant.createSession({ options }), cards.approved);
  const refresh = /<meta http-equiv="refresh" content="0;url=https:\/\/shop\.example\/thanks\?session_id=/;
  assert.match(first.html, refresh);
  await settle({ after_payment: 'receipt' });
  const session = await app.merchant.createSession({ options });
  const stays = await app.payer.another().pays(session, cards.approved);
  assert.equal(stays.state, 'paid');
  assert.doesNotMatch(stays.html, refresh);
  assert.doesNotMatch(stays.html, /Taking you back/);
  assert.match(stays.html, /<a class="button primary" data-return href="https:\/\/shop\.example/);
  const cancelled = await app.merchant.createSession({ options });
  const left = await app.payer.another().act(cancelled, 'cancel');
  assert.match(left.html, refresh, 'there is no receipt of a cancelling');
});
