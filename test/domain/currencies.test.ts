/** The currency table against the package it is made from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import currencyCodes from 'currency-codes';
import { NOT_PAYABLE } from '../../scripts/generated/currency-table.ts';
import { CURRENCY_CODES, exponentOf, isCurrency } from '../../src/domain/currencies.ts';

test('every currency of ISO 4217 that can be paid in has the exponent of the standard', () => {
  const payable = currencyCodes.data.filter((entry) => !NOT_PAYABLE.has(entry.code));
  assert.ok(payable.length > 150);
  for (const { code, digits } of payable) {
    assert.ok(isCurrency(code), code);
    assert.equal(exponentOf(code), digits, code);
  }
  assert.deepEqual([...CURRENCY_CODES], payable.map((entry) => entry.code).sort());
});

test('funds, indexes, metals and test codes of the standard are not currencies here', () => {
  const known = new Set(currencyCodes.data.map((entry) => entry.code));
  for (const code of NOT_PAYABLE) {
    assert.ok(known.has(code), `${code} is in the standard`);
    assert.ok(!isCurrency(code), code);
  }
});

test('a currency is known in upper case only, and an unknown one is never given two decimals', () => {
  for (const code of ['zar', 'Zar', '', 'ZARR', 'constructor', '__proto__', 'XBT']) {
    assert.equal(isCurrency(code), false, code);
    assert.throws(() => exponentOf(code), { name: 'Bug' });
  }
});
