/** The OpenAPI document before the rules of the field: Spectral's own and those of the OWASP API Security Top 10 (2023). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import core, { type RulesetDefinition } from '@stoplight/spectral-core';
import owasp from '@stoplight/spectral-owasp-ruleset';
import rulesets from '@stoplight/spectral-rulesets';
import { filesUnder } from '../support/source-tree.ts';

const { text } = filesUnder('docs', ['openapi.json'])[0]!;

/** Rules that would make the document tell something that is not so, each with what is. */
const OFF: Readonly<Record<string, string>> = {
  'owasp:api4:2023-rate-limit':
    'Limits are for each key and told when they are reached: 429 with Retry-After, which every operation documents.',
  'owasp:api8:2023-define-cors-origin':
    'No answer has CORS headers, on purpose: a page of another origin must not hold a key of this API.',
  'owasp:api8:2023-no-server-http':
    'The server of this document is the one that npm start makes, on loopback. A live one names its own https address.',
};

/** Warnings that are left, with why; any other fails. */
const WARNINGS: Readonly<Record<string, string>> = {
  'owasp:api4:2023-string-restricted':
    'Words of merchants and payers have no pattern: names, descriptions, answers of banks.',
  'info-contact': 'Whoever runs this is the one to contact, not whoever wrote it.',
};

const definition = {
  extends: [rulesets.oas, (owasp as { default?: unknown }).default ?? owasp],
  rules: Object.fromEntries(Object.keys(OFF).map((rule) => [rule, 'off'])),
} as RulesetDefinition;

async function findings(document: object) {
  const spectral = new core.Spectral();
  spectral.setRuleset(definition);
  const found = await spectral.run(document as Record<string, unknown>);
  return found.map(({ code, severity, path, message }) => ({
    code: String(code),
    error: severity === 0,
    at: `${code} at ${path.join('.')}: ${message}`,
  }));
}

test('Spectral with the OWASP rules finds no error in the OpenAPI document, and no warning without a reason', async (t) => {
  const found = await findings(JSON.parse(text));
  const warnings = found.filter(({ error }) => !error);
  t.diagnostic(
    `0 errors wanted, ${found.length - warnings.length} found; ${warnings.length} warnings of ${new Set(warnings.map(({ code }) => code)).size} kinds; ${Object.keys(OFF).length} rules off`,
  );
  assert.deepEqual(
    found.filter(({ error }) => error).map(({ at }) => at),
    [],
  );
  assert.deepEqual(
    warnings.filter(({ code }) => WARNINGS[code] === undefined).map(({ at }) => at),
    [],
  );
  for (const rule of Object.keys(WARNINGS))
    assert.ok(
      warnings.some(({ code }) => code === rule),
      `${rule} is not needed`,
    );
});

test('a document with holes is not let pass', async () => {
  const document = JSON.parse(text) as Document;
  const { properties } = document.components.schemas.Refund!;
  delete properties.id!.maxLength;
  delete properties.amount!.maximum;
  delete document.paths['/collect/customers']!.post!.security;
  const errors = new Set((await findings(document)).filter(({ error }) => error).map(({ code }) => code));
  for (const rule of ['api4:2023-string-limit', 'api4:2023-integer-limit', 'api2:2023-write-restricted'])
    assert.ok(errors.has(`owasp:${rule}`), rule);
});

/** As far as the holes reach. */
interface Document {
  components: { schemas: Record<string, { properties: Record<string, { maxLength?: number; maximum?: number }> }> };
  paths: Record<string, Record<string, { security?: unknown }>>;
}
