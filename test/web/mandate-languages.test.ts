/** A mandate says the same in every language: its values are read back alike, and English stands beneath what nobody has read. */
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { test } from 'node:test';
import { consentEvidence, shownTerms } from '../../src/web/checkout/terms.ts';
import { LOCALES, phrasesOf } from '../../src/web/i18n/locales.ts';
import { localDateText, moneyText } from '../../src/web/i18n/money-and-dates.ts';
import { drawsOf } from '../simulation/seeded-world/draws.ts';
import { pageOf, partOf, rowsIn, viewOf, visibleText } from './mandate-page.ts';
import { all, type Element, parsed, readMandate, viewOfRead } from './mandate-reader.ts';
import { randomAgreement } from './random-agreements.ts';

const MANDATES = 40;
const SEED = process.env.TENDER_SEED ?? String(randomInt(1_000_000_000));
const BENEATH = /<div class="english">[\s\S]*<\/div>(?=\n?<\/section>)/;

const english = phrasesOf('en');

function agreementOf(tag: string, number: number) {
  return randomAgreement(drawsOf(`${SEED} ${tag} ${number}`));
}

/** What the language says itself, and what stands beneath. */
function bothOf(markup: string): { own: string; beneath: string | undefined } {
  return { own: markup.replace(BENEATH, ''), beneath: BENEATH.exec(markup)?.[0] };
}

function readsEnglish(tag: string): boolean {
  return new Intl.Locale(tag).language === 'en';
}

/** Every amount, date and count as the language writes its value. */
function assertWritten(tag: string, part: Element): void {
  for (const { tag: element, attributes, text } of all(part)) {
    if (attributes['data-currency'] !== undefined) {
      const money = { amountMinor: Number(attributes.value), currency: attributes['data-currency'] };
      assert.equal(text, moneyText(tag, money));
    } else if (attributes['data-field'] === 'n') assert.equal(text, attributes.value);
    else if (element === 'time') {
      const value = attributes.datetime as string;
      assert.equal(text, value.includes(':') ? value : localDateText(tag, value));
    }
  }
}

for (const { tag, reviewed } of LOCALES.filter((entry) => entry.tag !== 'en')) {
  test(`${MANDATES} random mandates in ${tag} say what they say in English (TENDER_SEED=${SEED})`, () => {
    const t = phrasesOf(tag);
    for (let number = 0; number < MANDATES; number++) {
      const agreement = agreementOf(tag, number);
      const enforced = viewOf(agreement);
      const view = pageOf(enforced, agreement.firstPaidMinor);
      const { own, beneath } = bothOf(partOf(view, t));
      const why = `mandate ${number} of seed ${SEED}: ${JSON.stringify(agreement)}`;
      const source = readMandate(parsed(partOf(view, english)));

      const read = readMandate(parsed(own));
      assert.deepEqual(read, source, why);
      const again = pageOf(viewOfRead(read, enforced.firstDate), read.nowMinor);
      assert.equal(bothOf(partOf(again, t)).own, own, why);
      assertWritten(tag, parsed(own));
      if (reviewed.mandate || readsEnglish(tag)) assert.equal(beneath, undefined);
      else {
        assert.match(beneath ?? '', /<dl lang="en" dir="ltr">/);
        assert.deepEqual(readMandate(parsed(beneath ?? '')), source, why);
      }
    }
  });
}

test('the evidence is all that was shown, English included, and says that nobody reviewed the language', () => {
  for (const { tag, reviewed } of LOCALES) {
    const t = phrasesOf(tag);
    const agreement = agreementOf(tag, 0);
    const view = pageOf(viewOf(agreement), agreement.firstPaidMinor);
    const { own, beneath } = bothOf(partOf(view, t));
    const evidence = consentEvidence(shownTerms(view, t), t, { at: agreement.at });
    assert.ok(evidence);
    const lines = beneath === undefined ? [] : ['', t.text('mandate.english'), ...rowsIn(parsed(beneath))];
    assert.equal(evidence.text, [visibleText(parsed(own)), ...lines].join('\n'), tag);
    assert.equal(evidence.textHash, createHash('sha256').update(evidence.text, 'utf8').digest('hex'));
    assert.equal(evidence.reviewed, reviewed.mandate);
    assert.equal(evidence.locale, tag);
    assert.equal(evidence.catalogueVersion, t.meta.version);
  }
});
