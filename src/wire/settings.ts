/** The public JSON of a tenant's settings. */
import { Type } from '@sinclair/typebox';
import type { TenantSettings } from '../domain/settings.ts';
import { CATCH_UP_DAYS, RETRY_CAPS, rangeOfCap, UNLIMITED_MANDATES } from '../domain/settings-patch.ts';
import { MAX_RETRIES, ON_EXHAUSTED, RETRY_DAY } from '../domain/subscription-options.ts';
import { closed, open, optional, words } from './schema.ts';

type CapName = keyof typeof RETRY_CAPS;

const TimeZone = Type.String({
  maxLength: 64,
  description: 'IANA name of the time zone of new mandates that name none. Default UTC.',
});
const UnlimitedMandates = words(
  UNLIMITED_MANDATES,
  '`refuse` answers every mandate without a ceiling with 400. Default allow.',
);
const ChargeExpired = Type.Boolean({
  description: 'Charge saved cards after their month of expiry: many banks keep them working. Default false.',
});
const CatchUp = Type.Integer({
  minimum: CATCH_UP_DAYS.min,
  maximum: CATCH_UP_DAYS.max,
  description: 'How many days late a due date is still collected. Default 35.',
});
const RetryDays = Type.Array(Type.Integer({ minimum: RETRY_DAY.min, maximum: RETRY_DAY.max }), {
  maxItems: MAX_RETRIES,
  description: 'Days after the due date on which a declined charge is tried again, rising. Default 1, 3, 5, 7.',
});
const OnExhausted = words(ON_EXHAUSTED, 'What becomes of the subscription after the last try. Default continue.');

const CAP_WORDS: Record<CapName, string> = {
  visa_30d: 'Declines of one Visa card and amount in 30 days before the next attempt is refused. Default 15.',
  mastercard_24h: 'Declines of one Mastercard in 24 hours. Default 10.',
  mastercard_30d: 'Declines of one Mastercard in 30 days. Default 35.',
  other_30d: 'Declines of one card of any other network and amount in 30 days. Default 15.',
};
const Cap = (name: CapName) => {
  const { min, max } = rangeOfCap(name);
  return Type.Integer({ minimum: min, maximum: max, description: CAP_WORDS[name] });
};
const caps = {
  visa_30d: Cap('visa_30d'),
  mastercard_24h: Cap('mastercard_24h'),
  mastercard_30d: Cap('mastercard_30d'),
  other_30d: Cap('other_30d'),
};

export const SettingsSchema = open(
  'Settings',
  {
    time_zone: TimeZone,
    unlimited_mandates: UnlimitedMandates,
    charge_expired_cards: ChargeExpired,
    retry_caps: Type.Object(caps, { description: 'How many declines are tolerated.' }),
    dunning: Type.Object(
      { retry_days: RetryDays, on_exhausted: OnExhausted },
      { description: 'For new subscriptions that say nothing.' },
    ),
    catch_up_days: CatchUp,
  },
  'Settings of an account, test and live apart.',
);

export const SettingsPatchSchema = closed(
  {
    time_zone: optional(TimeZone),
    unlimited_mandates: optional(UnlimitedMandates),
    charge_expired_cards: optional(ChargeExpired),
    retry_caps: optional(
      closed({
        visa_30d: optional(caps.visa_30d),
        mastercard_24h: optional(caps.mastercard_24h),
        mastercard_30d: optional(caps.mastercard_30d),
        other_30d: optional(caps.other_30d),
      }),
    ),
    dunning: optional(closed({ retry_days: optional(RetryDays), on_exhausted: optional(OnExhausted) })),
    catch_up_days: optional(CatchUp),
  },
  { title: 'SettingsPatch', examples: [{ time_zone: 'Africa/Johannesburg', retry_caps: { visa_30d: 10 } }] },
);

export function renderSettings(settings: TenantSettings) {
  const { retryCaps, dunning } = settings;
  return {
    time_zone: settings.timeZone,
    unlimited_mandates: settings.unlimitedMandates,
    charge_expired_cards: settings.chargeExpiredCards,
    retry_caps: Object.fromEntries(Object.entries(RETRY_CAPS).map(([name, own]) => [name, retryCaps[own]])),
    dunning: { retry_days: dunning.retryDays, on_exhausted: dunning.onExhausted },
    catch_up_days: settings.catchUpDays,
  };
}
