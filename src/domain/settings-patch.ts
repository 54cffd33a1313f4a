/** Reads a change of a tenant's settings: what is absent stays as it is, and everything that is wrong is told at once. */
import type { FieldProblem } from './errors.ts';
import { type Field, fieldsOf, flag, integer, timeZone, word } from './field-reader.ts';
import { settingRange } from './network-rules.ts';
import type { RetryCaps, TenantSettings } from './settings.ts';
import { readDunning } from './subscription-options.ts';

export const UNLIMITED_MANDATES = ['allow', 'refuse'] as const satisfies readonly TenantSettings['unlimitedMandates'][];
export const CATCH_UP_DAYS = { min: 1, max: 366 };

/** Names of the API and ours. The ranges are the card networks'. */
export const RETRY_CAPS = {
  visa_30d: 'visa30d',
  mastercard_24h: 'mastercard24h',
  mastercard_30d: 'mastercard30d',
  other_30d: 'other30d',
} as const satisfies Record<string, keyof RetryCaps>;
const CAP_NAMES = Object.keys(RETRY_CAPS) as (keyof typeof RETRY_CAPS)[];

/** From and to how many declines a cap may be set. */
export function rangeOfCap(name: keyof typeof RETRY_CAPS): { min: number; max: number } {
  return settingRange(`retry_caps.${name}`);
}

const FIELDS = [
  'time_zone',
  'unlimited_mandates',
  'charge_expired_cards',
  'retry_caps',
  'dunning',
  'catch_up_days',
] as const;

/** The settings after the change; only to be used without problems. */
export function patchSettings(
  settings: TenantSettings,
  body: unknown,
): { settings: TenantSettings; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const fields = fieldsOf({ pointer: '', value: body, problems }, FIELDS);
  if (fields === undefined) return { settings, problems };
  const patched: TenantSettings = {
    timeZone: timeZone(fields.time_zone) ?? settings.timeZone,
    unlimitedMandates: word(fields.unlimited_mandates, UNLIMITED_MANDATES) ?? settings.unlimitedMandates,
    chargeExpiredCards: flag(fields.charge_expired_cards) ?? settings.chargeExpiredCards,
    retryCaps: readCaps(fields.retry_caps, settings.retryCaps),
    dunning: readDunning(fields.dunning, settings.dunning),
    catchUpDays: integer(fields.catch_up_days, CATCH_UP_DAYS) ?? settings.catchUpDays,
  };
  return { settings: patched, problems };
}

function readCaps(field: Field, caps: RetryCaps): RetryCaps {
  const fields = fieldsOf(field, CAP_NAMES);
  if (fields === undefined) return caps;
  const read = { ...caps };
  for (const name of CAP_NAMES) {
    const cap = integer(fields[name], rangeOfCap(name));
    if (cap !== undefined) read[RETRY_CAPS[name]] = cap;
  }
  return read;
}
