/** Strict JSON: reads what JSON.parse reads, refuses what two readers could read differently, names the place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseStrictJson } from '../../src/lib/strict-json.ts';

const parse = (text: string, maxDepth = 10) => parseStrictJson(text, { maxDepth });

test('every JSON value without forbidden keys is read exactly as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
      const value = JSON.parse(text);
      const again = JSON.stringify(value, null, indent);
      fc.pre(!again.includes('__proto__') && !again.includes('constructor'));
      assert.deepEqual(parse(again, 20), { ok: true, value });
    }),
  );
});

test('what JSON.parse refuses is refused, and the refusal quotes nothing of the text', () => {
  for (const text of ['', '{', '{"a":1', '{"a" 1}', "{'a':1}", '{"a":1}x', '[1,]', '"4242424242424242', '\u{feff}{}']) {
    const result = parse(text);
    assert.equal(result.ok, false, text);
    assert.equal(!result.ok && result.why, 'not_json', text);
    assert.ok(!JSON.stringify(result).includes('4242'));
  }
});

test('a repeated key is refused and its place is named, however it is written', () => {
  const cases: [string, string][] = [
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"x":[{"b":1},{"b":1,"b":1}]}', 'x[1].b'],
    ['{"money":{"amount":1, "currency":"ZAR","amount" \n\t :2}}', 'money.amount'],
    [`{"a":"\\\\","b":"\\"","a"${' '.repeat(200)}:":"}`, 'a'],
    ['{"a":{"a":1},"a":1}', 'a'],
  ];
  for (const [text, path] of cases) {
    const result = parse(text);
    assert.equal(!result.ok && result.why, 'duplicate_key', text);
    assert.equal(!result.ok && result.path, path, text);
  }
});

test('repeating any one member of any object is refused', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }), fc.nat(), (object, nth) => {
      const names = Object.keys(object).filter((name) => name !== '__proto__' && name !== 'constructor');
      fc.pre(names.length > 0 && !JSON.stringify(object).includes('__proto__'));
      const name = names[nth % names.length]!;
      const text = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:0}`;
      assert.equal(parse(text).ok, false);
    }),
  );
});

test('the same key in different objects is no repetition, nor are colons and keys inside strings', () => {
  assert.equal(parse('[{"a":1},{"a":{"a":2}}]').ok, true);
  assert.equal(parse('{"a":"{\\"a\\":1,\\"a\\":2}","b":"::::"}').ok, true);
});

test('__proto__ and constructor are refused wherever they stand and however they are escaped', () => {
  for (const text of ['{"__proto__":1}', '{"a":[{"\\u005f_proto__":{}}]}', '{"constructor":{"prototype":{}}}']) {
    const result = parse(text);
    assert.equal(!result.ok && result.why, 'forbidden_key', text);
  }
  assert.equal(parse('{"a":"__proto__"}').ok, true);
});

test('depth is counted exactly, and a hundred thousand brackets do no harm', () => {
  assert.equal(parse('[[[]]]', 3).ok, true);
  assert.equal(parse('[[[[]]]]', 3).ok, false);
  assert.equal(parse('{"a":{"b":[]}}', 3).ok, true);
  assert.equal(parse('"[[[["', 1).ok, true);
  const deep = parse('['.repeat(100_000));
  assert.equal(!deep.ok && deep.why, 'too_deep');
});

test('a scalar at the top is a value of depth 0', () => {
  assert.deepEqual(parse('12', 0), { ok: true, value: 12 });
  assert.equal(parse('{}', 0).ok, false);
});
