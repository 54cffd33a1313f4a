/**
 * Many payments out of few: real ones, made through the front door, are copied in the database with everything that belongs to
 * them, so that the copies are as sound as they are. Every id of a copy has the copy's number at its end.
 */
import type { TestDatabase } from '../support/database.ts';

/** Ids of what belongs to one payment; tenants, keys and endpoints are not copied. */
const OWN_IDS = '\\m(ps|pay|att|evt|re|dlv|ckt|cus|pmt|mnd|crd|card)_([0-9A-Za-z]{20,})';

/** Tables whose rows are copied as they are but for their ids. */
const TABLES = [
  'customers',
  'payment_methods',
  'payment_sessions',
  'payments',
  'attempts',
  'refunds',
  'ledger_entries',
  'mandates',
  'mandate_consents',
  'mandate_usage',
  'mandate_charges',
  'checkout_tokens',
] as const;

/** Adds `count` copies of everything, and leaves the database as one that has been running for a while. */
export async function multiply(database: TestDatabase, count: number): Promise<void> {
  // Ids are found once for each row and not once for each copy; the function stands in `from`, where it is called once for a row.
  // Counted anew after each table: the foreign keys of the next would be looked up as in a small one.
  const copies = async (table: string, from: string, patch = `'{}'::jsonb`) => {
    const places = from.includes('place p') ? 'p.place, p.all_places, p.last,' : '';
    await database.query(
      `with template as materialized (
        select t.*, ${places} regexp_replace(to_jsonb(t)::text, '${OWN_IDS}', '\\1_\\2#copy#', 'g') as text from ${from})
      insert into ${table} select c.* from template t, generate_series(1, $1::integer) n,
        jsonb_populate_record(null::${table}, replace(t.text, '#copy#', n::text)::jsonb || ${patch}) c`,
      [count],
    );
    await database.query(`analyze ${table}`);
  };
  for (const table of TABLES) await copies(table, `${table} t`);
  await copies('idempotency_keys', 'idempotency_keys t', `jsonb_build_object('key', t.key || n)`);
  const nonce = `'\\x' || lpad(to_hex(n), 10, '0') || substr(md5(t.card_id), 1, 14)`;
  await copies('vault.cards', 'vault.cards t', `jsonb_build_object('nonce', ${nonce})`);
  await database.query(`create table place as select id, (row_number() over (order by sequence))::integer as place,
    (count(*) over ())::integer as all_places, (select max(sequence) from events) as last from events where object_id !~ '^whe_'`);
  const number = `jsonb_build_object('sequence', t.last + (n - 1) * t.all_places + t.place)`;
  await copies('events', 'events t join place p on p.id = t.id', number);
  await copies('deliveries', 'deliveries t join place p on p.id = t.event_id', number);
  await copies(
    'delivery_tries',
    'delivery_tries t join deliveries d on d.id = t.delivery_id join place p on p.id = d.event_id',
  );
  await database.query(`update event_counters c set last_sequence = (select max(sequence) from events e where e.tenant_id = c.tenant_id)
    where exists (select 1 from events e where e.tenant_id = c.tenant_id)`);
  await database.query('drop table place');
  await database.query('vacuum');
}
