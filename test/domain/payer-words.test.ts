/** What payers and merchants type for people to read: email addresses, lines of text, web addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldProblem } from '../../src/domain/errors.ts';
import { meantEmail, readPayerEmail } from '../../src/domain/payer-email.ts';
import { httpsAddress, plainText } from '../../src/domain/plain-text.ts';
import { problemWithReturnUrl } from '../../src/domain/return-url.ts';

const keyOf = (text: string, policy: 'optional' | 'required' = 'required') => {
  const reading = readPayerEmail(text, policy);
  return 'error' in reading ? reading.error.key : (reading.value ?? 'nothing');
};

test('an email address is taken as it is typed, without the spaces around it', () => {
  const good = [
    'thandi@example.com',
    'o’neill@example.ie',
    "o'neill+shop@mail.example.co.za",
    'ज्ञान@उदाहरण.भारत',
    '1234567@example.com',
  ];
  for (const address of good) assert.equal(keyOf(`  ${address} `), address);
});

test('what can be no address is named, and what is missing is asked for where it has to be there', () => {
  const bad = [
    'thandi',
    'thandi@',
    '@example.com',
    'thandi@example',
    'thandi@@example.com',
    'thandi@example..com',
    'thandi@example.c',
    'thandi@1.2.3.4',
    'thandi mkhize@example.com',
    'a,b@example.com',
    '<thandi@example.com>',
    'thandi@exa\u202emple.com',
    '4242424242424242@example.com',
    `${'x'.repeat(65)}@example.com`,
    `thandi@${'x'.repeat(250)}.com`,
  ];
  for (const address of bad) assert.equal(keyOf(address), 'payer_email.format', address);
  assert.deepEqual([keyOf(' '), keyOf(' ', 'optional')], ['payer_email.missing', 'nothing']);
});

test('a domain one slip beside a usual one is doubted, and every other one is believed', () => {
  const meant: [string, string | undefined][] = [
    ['t@gmial.com', 't@gmail.com'],
    ['t@gmai.com', 't@gmail.com'],
    ['t@gmaill.com', 't@gmail.com'],
    ['t@gnail.com', 't@gmail.com'],
    ['t@gmail.con', 't@gmail.com'],
    ['t@GMIAL.com', 't@gmail.com'],
    ['t@hotmial.com', 't@hotmail.com'],
    ['t@yaho.com', 't@yahoo.com'],
    ['t@gmail.com', undefined],
    ['t@ymail.com', undefined],
    ['t@mail.com', undefined],
    ['t@karoo.example', undefined],
    ['t@shop.example', undefined],
    ['', undefined],
    ['gmial.com', undefined],
  ];
  for (const [typed, expected] of meant) assert.equal(meantEmail(typed), expected, typed);
});

/** The value that a reader answers, or the code of what it noted. */
function read(reader: typeof httpsAddress, value: unknown): string | undefined {
  const problems: FieldProblem[] = [];
  return reader({ pointer: '/x', value, problems }) ?? problems[0]?.code;
}

test('a line of text is counted in characters as people see them, nearly', () => {
  const upTo = (max: number) => (field: Parameters<typeof httpsAddress>[0]) => plainText(field, { min: 1, max });
  assert.equal(read(upTo(2), '🦓🦓'), '🦓🦓');
  assert.equal(read(upTo(2), 'abc'), 'out_of_range');
  assert.equal(read(upTo(2), '  '), 'out_of_range');
  assert.equal(read(upTo(9), 'a\tb'), 'invalid_value');
  assert.equal(read(upTo(9), 7), 'invalid_type');
  assert.equal(read(upTo(9), undefined), undefined);
});

test('a web address is https, absolute, and nothing that shows as another', () => {
  for (const url of ['https://karoo.example', 'HTTPS://karoo.example/a?b=c#d', 'https://karoo.example:8443/'])
    assert.equal(read(httpsAddress, url), url);
  const bad = [
    'http://karoo.example',
    '//karoo.example',
    'karoo.example',
    'https://',
    'https://user@karoo.example',
    'https://karoo.example\\@evil.example',
    'https://karoo.example/ x',
    'https://karoo.example/\u202etxt',
    'javascript:alert(1)//https://',
    `https://karoo.example/${'x'.repeat(500)}`,
  ];
  for (const url of bad) assert.equal(read(httpsAddress, url), 'invalid_value', url);
});

test('a return_url is held against the list by its host or by the scheme of its app', () => {
  const hosts = ['shop.example', 'shop://'];
  const taken = (url: string, mode: 'test' | 'live', listed = hosts) =>
    problemWithReturnUrl(url, { mode, hosts: listed }) === undefined;
  const table: [string, live: boolean, test: boolean, nothingListed: boolean][] = [
    ['https://shop.example/thanks', true, true, true],
    ['https://SHOP.EXAMPLE:8443/', true, true, true],
    ['shop://thanks', true, true, true],
    ['https://sub.shop.example/', false, false, true],
    ['https://shop.example.evil.example/', false, false, true],
    ['other://thanks', false, false, true],
    ['http://localhost:3000/', false, true, true],
    ['http://shop.example/', false, false, false],
  ];
  for (const [url, live, test, nothingListed] of table) {
    assert.deepEqual(
      [taken(url, 'live'), taken(url, 'test'), taken(url, 'test', [])],
      [live, test, nothingListed],
      url,
    );
    assert.equal(taken(url, 'live', []), false, `${url} with nothing listed in live mode`);
  }
});
