/**
 * The schema of the document and the rules in `domain/` both describe mandate_options and subscription_options. The rules judge a
 * request; so whatever they take has to fit the schema, or the document would forbid what the API does. SEED=… replays a run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { MandateOptions, SubscriptionOptions } from '../../src/wire/mandate-options-input.ts';
import { readingOf } from '../domain/series-reading.ts';
import { valueFor } from '../support/random-json.ts';

const ajv = new Ajv2020({ strict: false });
const isMandate = ajv.compile(MandateOptions);
const isSubscription = ajv.compile(SubscriptionOptions);

const run = { numRuns: 3_000, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) };
const amount = fc.constantFrom(0, 1, 20_000);

/** Fits the schema with few fields at a time: with all of them at once something is always wrong. */
function few(schema: { properties: Record<string, unknown> }): fc.Arbitrary<unknown> {
  return fc.subarray(Object.keys(schema.properties), { maxLength: 3 }).chain((names) => {
    const properties = Object.fromEntries(names.map((name) => [name, schema.properties[name]]));
    return valueFor({ type: 'object', properties, required: names });
  });
}

test('whatever the rules take as mandate_options fits the schema of the document', () => {
  let taken = 0;
  fc.assert(
    fc.property(few(MandateOptions), amount, (mandate, sessionAmount) => {
      const { problems, terms } = readingOf({ mandate, amount: sessionAmount });
      if (problems.length > 0) return;
      taken++;
      assert.ok(terms.mandate !== undefined || terms.replacesMandateId !== undefined);
      assert.ok(isMandate(mandate), `${JSON.stringify(mandate)} ${ajv.errorsText(isMandate.errors)}`);
    }),
    run,
  );
  assert.ok(taken > 200, `only ${taken} were taken`);
});

test('whatever the rules take as subscription_options fits the schema of the document', () => {
  let taken = 0;
  const recurrence = { type: 'monthly' };
  fc.assert(
    fc.property(few(SubscriptionOptions), amount, (subscription, sessionAmount) => {
      const mandate = { amount: { max: 999_999_999_999 }, recurrence };
      if (readingOf({ mandate, subscription, amount: sessionAmount }).problems.length > 0) return;
      taken++;
      assert.ok(isSubscription(subscription), `${JSON.stringify(subscription)}`);
    }),
    run,
  );
  assert.ok(taken > 200, `only ${taken} were taken`);
});
