/** What a tenant may set, and what holds where nothing was set. */
import type { Dunning } from './mandate-terms.ts';

/** How many declines a network tolerates before the next attempt is refused; the ranges are in the network rules. */
export interface RetryCaps {
  visa30d: number;
  mastercard24h: number;
  mastercard30d: number;
  other30d: number;
}

export interface TenantSettings {
  /** IANA zone of new mandates that name none. */
  timeZone: string;
  /** `refuse`: a mandate without any ceiling answers 400. */
  unlimitedMandates: 'allow' | 'refuse';
  /** Charge cards after their expiry month: many banks keep them working. */
  chargeExpiredCards: boolean;
  retryCaps: RetryCaps;
  /** Of new subscriptions that say nothing. */
  dunning: Dunning;
  /** How many days late a due date is still collected. */
  catchUpDays: number;
}

/** What is kept of settings: only what differs from the defaults, so that a better default reaches everybody who set nothing. */
export type SettingsKept = Partial<Omit<TenantSettings, 'retryCaps' | 'dunning'>> & {
  retryCaps?: Partial<RetryCaps>;
  dunning?: Partial<Dunning>;
};

export function settingsFrom(kept: SettingsKept): TenantSettings {
  return {
    ...DEFAULT_SETTINGS,
    ...kept,
    retryCaps: { ...DEFAULT_SETTINGS.retryCaps, ...kept.retryCaps },
    dunning: { ...DEFAULT_SETTINGS.dunning, ...kept.dunning },
  };
}

/** The inverse of {@link settingsFrom}. */
export function differencesOf(settings: TenantSettings): SettingsKept {
  return differing(settings, DEFAULT_SETTINGS) as SettingsKept;
}

/** The members of `value` that are not as usual, down to the members of its groups. */
export function differing(value: object, usual: object): object {
  const known = usual as Record<string, unknown>;
  const entries = Object.entries(value).flatMap(([name, one]): [string, unknown][] => {
    if (JSON.stringify(one) === JSON.stringify(known[name])) return [];
    const isGroup = typeof one === 'object' && one !== null && !Array.isArray(one);
    return [[name, isGroup ? differing(one, known[name] as object) : one]];
  });
  return Object.fromEntries(entries);
}

export const DEFAULT_SETTINGS: TenantSettings = {
  timeZone: 'UTC',
  unlimitedMandates: 'allow',
  chargeExpiredCards: false,
  retryCaps: { visa30d: 15, mastercard24h: 10, mastercard30d: 35, other30d: 15 },
  dunning: { retryDays: [1, 3, 5, 7], onExhausted: 'continue' },
  catchUpDays: 35,
};
