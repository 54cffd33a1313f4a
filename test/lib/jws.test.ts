/** Compact signatures: the published example, and everything that is no token of ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hs256, jwsKey, readJws, signJws } from '../../src/lib/jws.ts';

const key = jwsKey(Buffer.alloc(32, 1));
const other = jwsKey(Buffer.alloc(32, 2));
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with any header, rightly signed. */
function signedAs(header: unknown, claims: unknown): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${hs256(input, key.secret).toString('base64url')}`;
}

test('the signature of RFC 7515, appendix A.1', () => {
  const secret = Buffer.from(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'base64url',
  );
  const input =
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
  assert.equal(hs256(input, secret).toString('base64url'), 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
});

test('what was signed is read again, under any of the keys, and signing twice gives the same bytes', () => {
  const claims = { sub: 'ps_1', origins: ['https://shop.example'], ü: 1 };
  const token = signJws(claims, key);
  assert.deepEqual(readJws(token, [key]), claims);
  assert.deepEqual(readJws(token, [other, key]), claims);
  assert.equal(signJws(claims, key), token);
});

test('no other algorithm, key, header, spelling or shape is read', () => {
  const claims = { sub: 'ps_1' };
  const token = signJws(claims, key);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const good = { alg: 'HS256', typ: 'JWT', kid: key.id };
  assert.equal(signedAs(good, claims), token, 'the control: the same header is our own token');
  const refused = {
    'alg none': `${encoded({ ...good, alg: 'none' })}.${payload}.`,
    'alg none with a signature': signedAs({ ...good, alg: 'none' }, claims),
    'alg HS512': signedAs({ ...good, alg: 'HS512' }, claims),
    'alg in another case': signedAs({ ...good, alg: 'hs256' }, claims),
    'no kid': signedAs({ alg: 'HS256', typ: 'JWT' }, claims),
    'kid of another key': signedAs({ ...good, kid: other.id }, claims),
    crit: signedAs({ ...good, crit: ['b64'], b64: false }, claims),
    'another key': signJws(claims, other),
    'other claims': `${header}.${encoded({ sub: 'ps_2' })}.${signature}`,
    'signature cut': `${header}.${payload}.${signature.slice(0, -4)}`,
    'signature empty': `${header}.${payload}.`,
    'signature padded': `${token}=`,
    'signature with other last bits': `${header}.${payload}.${otherLastBits(signature)}`,
    'two parts': `${header}.${payload}`,
    'four parts': `${token}.`,
    'claims that are no object': signedAs(good, ['a']),
    empty: '',
  };
  for (const [what, text] of Object.entries(refused)) assert.equal(readJws(text, [key]), undefined, what);
  assert.equal(readJws(token, []), undefined, 'no key');
});

/** The last sign of 32 bytes holds two bits that say nothing: another sign that decodes to the same bytes. */
function otherLastBits(signature: string): string {
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = signs.indexOf(signature.at(-1) as string);
  return signature.slice(0, -1) + signs[last ^ 1];
}
