/** Reads options of a first_in_series session as a test wrote them, at one known moment: noon of Thursday, 15 January 2026. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSeriesOptions, type SeriesReading } from '../../src/domain/series-options.ts';
import { DEFAULT_SETTINGS, type TenantSettings } from '../../src/domain/settings.ts';
import type { Timestamp } from '../../src/lib/time.ts';

export const NOON = Date.UTC(2026, 0, 15, 12) as Timestamp;

export interface Asked {
  mandate?: unknown;
  subscription?: unknown;
  /** Of the session, minor units; 20 000 unless said. */
  amount?: number;
  at?: Timestamp;
  settings?: Partial<TenantSettings>;
}

export function readingOf({ mandate, subscription, amount = 20_000, at = NOON, settings }: Asked): SeriesReading {
  const asked = { mandateOptions: mandate, subscriptionOptions: subscription };
  const facts = { amountMinor: amount, currency: 'ZAR', at, settings: { ...DEFAULT_SETTINGS, ...settings } };
  return readSeriesOptions(asked, facts);
}

/** `pointer code` of every problem, in alphabetical order; pointers without the part that all of a group share. */
export function problemsOf(asked: Asked): string[] {
  const { problems } = readingOf(asked);
  return problems.map(({ pointer, code }) => `${short(pointer)} ${code}`).sort();
}

function short(pointer: string): string {
  return pointer.replace(/^\/options\/mandate_options/, 'm').replace(/^\/options\/subscription_options/, 's');
}

/** What a test promises about options: which problems they have. */
export type Row = readonly [promise: string, asked: Asked, problems: readonly string[]];

export function judges(rows: readonly Row[]): void {
  for (const [promise, asked, problems] of rows) {
    test(promise, () => assert.deepEqual(problemsOf(asked), [...problems].sort()));
  }
}
