/**
 * Everything a charge without the payer is decided on, in one round trip: customer, payment method, its mandates and what was taken
 * under each. How much is read depends on the terms, never on the history.
 */
import type { WatchedCard } from '../domain/card-rules.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import type { Mandate } from '../domain/mandate.ts';
import type { MandateUsage } from '../domain/mandate-usage.ts';
import { toWatchedCard, WATCHED_CARD_OF_METHOD } from './cards.ts';
import { type PaymentMethodRow, toPaymentMethod } from './customers.ts';
import type { Reader } from './database.ts';
import { gathered } from './gathered.ts';
import { toUsage, USAGE_OF_MANDATE, type UsageColumns, type UsageReach } from './mandate-usage.ts';
import { type MandateRow, toMandate } from './mandates.ts';
import { fromJsonRow, text } from './rows.ts';
import { sql, sqlOf } from './sql.ts';

export interface MandateWithUsage {
  mandate: Mandate;
  usage: MandateUsage;
}

export interface ChargeFacts {
  customerExists: boolean;
  method?: PaymentMethod;
  /** What is known about its card; absent for one that nobody watches. */
  watched?: WatchedCard;
  /** Of the method, newest first, also the final ones; and the one named. */
  mandates: MandateWithUsage[];
}

export interface ChargeKey extends UsageReach {
  tenantId: string;
  customerId: string;
  paymentMethodId: string;
  /** Named by the merchant; only needed when several fit. */
  mandateId: string | undefined;
}

/** Under load several charges share the round trip. */
export const findChargeFacts = gathered<ChargeKey, ChargeFacts>(async (reader, keys) => {
  const rows = await reader.read<
    PaymentMethodRow & {
      key_number: number;
      customer_exists: boolean;
      its_card: string | null;
      mandates: string | null;
    }
  >(
    sqlOf('charge facts', [
      sql`
    select k.key_number, c.id is not null as customer_exists, m.*, d.mandates,`,
      WATCHED_CARD_OF_METHOD,
      sql`as its_card
    from unnest(${keys.map((key) => key.tenantId)}::text[], ${keys.map((key) => key.customerId)}::text[],
        ${keys.map((key) => key.paymentMethodId)}::text[], ${keys.map((key) => text(key.mandateId))}::text[],
        ${keys.map((key) => key.reach)}::int[])
        with ordinality k(key_tenant_id, key_customer_id, key_method_id, key_mandate_id, key_reach, key_number)
      left join lateral (select id from customers where tenant_id = k.key_tenant_id and id = k.key_customer_id
        and deleted_at is null offset 0) c on true
      left join lateral (select * from payment_methods where tenant_id = k.key_tenant_id and id = k.key_method_id offset 0) m on true
      left join lateral (select json_agg(one order by one.id desc) as mandates from (select d.*, `,
      USAGE_OF_MANDATE,
      sql`
          from (select * from mandates where tenant_id = k.key_tenant_id
            and ((customer_id = m.customer_id and payment_method_id = m.id) or id = k.key_mandate_id)
            order by status, id desc limit 100) d) one) d on true`,
    ]),
  );
  const facts: ChargeFacts[] = keys.map(() => ({ customerExists: false, mandates: [] }));
  for (const { key_number, customer_exists, its_card, mandates, ...method } of rows) {
    const its = facts[key_number - 1] as ChargeFacts;
    its.customerExists = customer_exists;
    // A left join that found nothing leaves every column null, the id too.
    if ((method.id as string | null) !== null) its.method = toPaymentMethod(method);
    const watched = toWatchedCard(its_card);
    if (watched !== undefined) its.watched = watched;
    its.mandates = mandates === null ? [] : (JSON.parse(mandates) as unknown[]).map(toMandateWithUsage);
  }
  return facts;
});

/** A mandate with its method and what was taken under it; undefined for an unknown id. */
export async function findMandateFacts(
  reader: Reader,
  tenantId: string,
  asked: UsageReach & { mandateId: string },
): Promise<(MandateWithUsage & { method: PaymentMethod; watched?: WatchedCard }) | undefined> {
  const rows = await reader.read<PaymentMethodRow & { its_card: string | null; its_mandate: string }>(
    sqlOf('mandate facts', [
      sql`
    select m.*,`,
      WATCHED_CARD_OF_METHOD,
      sql`as its_card, (select row_to_json(one) from (select d.*, `,
      USAGE_OF_MANDATE,
      sql`
      ) one) as its_mandate
    from (select ${asked.reach}::int as key_reach) k
      join mandates d on d.tenant_id = ${tenantId} and d.id = ${asked.mandateId}
      join payment_methods m on m.tenant_id = d.tenant_id and m.id = d.payment_method_id`,
    ]),
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { its_mandate, its_card, ...method } = row;
  const watched = toWatchedCard(its_card);
  const facts = { ...toMandateWithUsage(JSON.parse(its_mandate)), method: toPaymentMethod(method) };
  return watched === undefined ? facts : { ...facts, watched };
}

const MANDATE_COLUMNS = {
  times: ['created_at', 'updated_at', 'revoked_at', 'ended_at', 'ends_at', 'first_paid_at'],
  json: ['metadata', 'terms', 'instalments', 'charge_hold'],
};

function toMandateWithUsage(value: unknown): MandateWithUsage {
  const usage = toUsage(value as UsageColumns);
  return { mandate: toMandate(fromJsonRow<MandateRow>(value, MANDATE_COLUMNS)), usage };
}
