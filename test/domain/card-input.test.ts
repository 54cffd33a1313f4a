/** What a payer may type about a card, as a table: every accepted form, every error key of the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CARD_BRANDS, groupDigits, onlyDigits, schemeOf } from '../../src/domain/card-brands.ts';
import {
  readCardName,
  readCardNumber,
  readExpiry,
  readNewCard,
  readSecurityCode,
} from '../../src/domain/card-input.ts';

const NOW = Date.UTC(2026, 7, 3);

function verdict(reading: { value: unknown } | { error: { key: string } }): unknown {
  return 'error' in reading ? reading.error.key : reading.value;
}

test('a card number is read from anything that contains its digits', () => {
  for (const text of [
    '4242424242424242',
    ' 4242 4242 4242 4242 ',
    '4242-4242-4242-4242',
    'Card: 4242.4242.4242.4242',
    '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢',
    '۴۲۴۲ ۴۲۴۲ ۴۲۴۲ ۴۲۴۲',
    '４２４２４２４２４２４２４２４２',
    '𝟜𝟚𝟜𝟚𝟜𝟚𝟜𝟚𝟜𝟚𝟜𝟚𝟜𝟚𝟜𝟚',
  ]) {
    assert.equal(verdict(readCardNumber(text)), '4242424242424242', text);
  }
});

test('a card number that cannot be right is named by what is wrong with it', () => {
  const cases: [string, string][] = [
    ['', 'card_number.missing'],
    ['   ', 'card_number.missing'],
    ['my card', 'card_number.check'],
    ['4242', 'card_number.short'],
    ['424242424242', 'card_number.short'],
    ['4242424242424241', 'card_number.check'],
    ['42424242424242', 'card_number.short'],
    ['424242424242424', 'card_number.short'],
    ['42424242424242424', 'card_number.check'],
    ['42424242424242424242', 'card_number.check'],
    ['37828224631000', 'card_number.short'],
    ['99999999999', 'card_number.short'],
  ];
  for (const [text, key] of cases) assert.equal(verdict(readCardNumber(text)), key, text);
});

test('a brand that is not accepted is refused by name with the list of those that are', () => {
  const reading = readCardNumber('378282246310005', ['visa', 'mastercard']);
  assert.deepEqual(reading, {
    error: {
      name: 'card_number',
      key: 'card_number.brand',
      params: { brand: 'American Express', list: 'Visa, Mastercard' },
    },
  });
});

test('every widely published number is accepted and its brand known', () => {
  const cards: [string, string | undefined][] = [
    ['4242424242424242', 'visa'],
    ['5555555555554444', 'mastercard'],
    ['2223003122003222', 'mastercard'],
    ['378282246310005', 'amex'],
    ['6011111111111117', 'discover'],
    ['30569309025904', 'diners'],
    ['36227206271667', 'diners'],
    ['3056930009020004', 'diners'],
    ['3566002020360505', 'jcb'],
    ['6200000000000005', 'unionpay'],
    ['6200000000000000', 'unionpay'],
    ['6205500000000000004', 'unionpay'],
    ['6759649826438453', 'maestro'],
    ['5060999400000005', undefined],
  ];
  for (const [number, scheme] of cards) {
    assert.equal(verdict(readCardNumber(number)), number);
    assert.equal(schemeOf(number), scheme, number);
  }
});

test('digits are grouped as their brand prints them', () => {
  assert.equal(groupDigits('378282246310005'), '3782 822463 10005');
  assert.equal(groupDigits('4242424242424242'), '4242 4242 4242 4242');
  assert.equal(groupDigits('6205500000000000004'), '6205 5000 0000 0000 004');
  assert.equal(groupDigits('42424'), '4242 4');
  assert.equal(groupDigits(''), '');
});

test('no two brands claim the same leading digits at the same width', () => {
  const all = Object.entries(CARD_BRANDS).flatMap(([scheme, brand]) =>
    brand.ranges.map(([first, last]) => ({
      scheme,
      first: Number(first),
      last: Number(last),
      width: `${first}`.length,
    })),
  );
  for (const a of all) {
    for (const b of all) {
      if (a.scheme === b.scheme || a.width !== b.width) continue;
      assert.ok(a.last < b.first || b.last < a.first, `${a.scheme} and ${b.scheme}`);
    }
  }
});

test('an expiry date is read in every form people write', () => {
  for (const text of [
    '1/30',
    '01/30',
    '0130',
    '130',
    '01 / 30',
    '01/2030',
    '2030-01',
    '012030',
    '203001',
    '1.2030',
    '١/٣٠',
  ]) {
    assert.deepEqual(verdict(readExpiry(text, NOW)), { expMonth: 1, expYear: 2030 }, text);
  }
});

test('an expiry date that cannot be used is named by what is wrong with it', () => {
  const cases: [string, string][] = [
    ['', 'card_expiry.missing'],
    ['12', 'card_expiry.missing'],
    ['soon', 'card_expiry.missing'],
    ['13/30', 'card_expiry.month'],
    ['00/30', 'card_expiry.month'],
    ['07/26', 'card_expiry.past'],
    ['12/2019', 'card_expiry.past'],
    ['09/46', 'card_expiry.far'],
    ['01/99', 'card_expiry.far'],
  ];
  for (const [text, key] of cases) assert.equal(verdict(readExpiry(text, NOW)), key, text);
  assert.deepEqual(verdict(readExpiry('08/46', NOW)), { expMonth: 8, expYear: 2046 });
});

test('a card is good until its month has ended everywhere on earth', () => {
  const lastMoment = Date.UTC(2026, 8, 1, 12) - 1;
  assert.deepEqual(verdict(readExpiry('08/26', lastMoment)), { expMonth: 8, expYear: 2026 });
  assert.equal(verdict(readExpiry('08/26', lastMoment + 1)), 'card_expiry.past');
});

test('a security code has the length its brand prints', () => {
  assert.equal(verdict(readSecurityCode('123', 'visa')), '123');
  assert.equal(verdict(readSecurityCode('1234', 'amex')), '1234');
  assert.equal(verdict(readSecurityCode(' 1 2 3 ', undefined)), '123');
  assert.equal(verdict(readSecurityCode('1234', undefined)), '1234');
  assert.equal(verdict(readSecurityCode('', 'visa')), 'card_cvc.missing');
  assert.equal(verdict(readSecurityCode('12', undefined)), 'card_cvc.length');
  assert.deepEqual(readSecurityCode('123', 'amex'), {
    error: { name: 'card_cvc', key: 'card_cvc.length', params: { n: '4' } },
  });
});

test('a name may be in any script but not a number', () => {
  assert.equal(verdict(readCardName("  Zoë   O'Brien-Dlamini ", 'required')), "Zoë O'Brien-Dlamini");
  assert.equal(verdict(readCardName('محمد علي', 'required')), 'محمد علي');
  assert.equal(verdict(readCardName('', 'required')), 'card_name.missing');
  assert.equal(verdict(readCardName('', 'optional')), undefined);
  assert.equal(verdict(readCardName('4242 4242 4242 4242', 'required')), 'card_name.number');
  assert.equal(verdict(readCardName('123', 'optional')), 'card_name.number');
  assert.equal(verdict(readCardName('x'.repeat(101), 'required')), 'card_name.missing');
});

test('all errors of a form are reported at once and what was right is kept', () => {
  const result = readNewCard(
    { number: '4242 4242 4242 4242', expiry: '13/30', securityCode: '', name: '' },
    { now: NOW, name: 'off' },
  );
  assert.ok('errors' in result);
  assert.deepEqual(
    result.errors.map((error) => error.key),
    ['card_expiry.month', 'card_cvc.missing'],
  );
  assert.deepEqual(result.good, { number: '4242424242424242' });
  assert.equal(onlyDigits('1٢3'), '123');
});
