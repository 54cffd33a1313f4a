/** The page script as text: that it is whole, small, safe, and reads card input exactly as the server does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, Script } from 'node:vm';
import * as brands from '../../src/domain/card-brands.ts';
import { expiryParts } from '../../src/domain/card-input.ts';
import { ASSETS } from '../../src/web/checkout/assets.ts';
import { pageScript, SHARED_PARTS } from '../../src/web/checkout/script/parts.ts';

/** Names a function of the script calls although nothing in the script or a browser defines them. */
function missingNames(source: string): (string | undefined)[] {
  const defined = new Set(
    [...source.matchAll(/^(?:async )?function (\w+)|^const (\w+)=/gm)].map((match) => match[1] ?? match[2]),
  );
  const called = new Set([...source.matchAll(/(?<![.:\w])([a-z]\w*)\(/g)].map((match) => match[1]));
  const known =
    'addEventListener clearTimeout fetch function if for while switch catch return removeEventListener setTimeout resolve tick done fullPage then async of super rewrite await';
  return [...called].filter((name) => name && !defined.has(name) && !known.split(' ').includes(name));
}

test('every function the script calls is in the script', () => {
  assert.deepEqual(missingNames(pageScript()), []);
  assert.deepEqual(missingNames('function a() { lost(); }'), ['lost']);
});

test('the script parses and holds no types, imports or markup sinks', () => {
  const source = pageScript();
  assert.doesNotThrow(() => new Script(`(async () => {${source.replace(/^start\(\);$/m, '')}})`));
  assert.doesNotMatch(source, /\bimport\b|\bexport\b|\binterface\b/);
  assert.doesNotMatch(
    source,
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc|localStorage|sessionStorage/,
  );
  assert.ok(ASSETS.script.gzip.length <= 6 * 1024, `${ASSETS.script.gzip.length} bytes`);
});

test('server and script agree on 10,000 random inputs', () => {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  let state = seed;
  // Numerical Recipes' linear congruential generator: plenty for picking characters, and it replays.
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const alphabet = [...'0123456789', ...'0123456789', ...'42555337', ' ', '-', '/', '.', 'x', '٣', '۷', '４', '𝟚', 'é'];
  const context = createContext({});
  const table = `var CARD_BRANDS=${JSON.stringify(brands.CARD_BRANDS)};`;
  new Script([table, ...SHARED_PARTS.map(String)].join('\n')).runInContext(context);
  const read = new Script(
    '(text) => { const d = onlyDigits(text); return JSON.stringify([d, schemeOf(d), groupDigits(d), numberFault(d), expiryParts(asciiDigits(text))]); }',
  ).runInContext(context) as (text: string) => string;
  for (let i = 0; i < 10_000; i++) {
    const text = Array.from({ length: random(24) }, () => alphabet[random(alphabet.length)]).join('');
    const digits = brands.onlyDigits(text);
    const server = [
      digits,
      brands.schemeOf(digits),
      brands.groupDigits(digits),
      brands.numberFault(digits),
      expiryParts(brands.asciiDigits(text)),
    ];
    assert.equal(read(text), JSON.stringify(server), `TEST_SEED=${seed}: ${JSON.stringify(text)}`);
  }
});
