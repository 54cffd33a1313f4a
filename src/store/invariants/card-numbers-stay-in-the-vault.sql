-- No card number stands in clear in any text or JSON outside the vault.
--
-- Looked for in each row as text: 14 to 19 digits, in one piece or grouped as on a card, that begin and end as a brand's number
-- does and pass the check digit. Not looked for: 13 digits (telephone numbers have them, and no card has since long), digits
-- inside a longer run or within hexadecimal text. The number itself is never shown.
with line (tenant_id, id, place, line) as (
  select null::text, account_id, 'accounts', t::text from accounts t
  union all select tenant_id, id, 'api_keys', t::text from api_keys t
  union all select tenant_id, id, 'attempts', t::text from attempts t
  union all select tenant_id, session_id, 'checkout_forms', t::text from checkout_forms t
  union all select tenant_id, session_id, 'checkout_tokens', t::text from checkout_tokens t
  union all select tenant_id, id, 'customers', t::text from customers t
  union all select tenant_id, id, 'deliveries', t::text from deliveries t
  union all select tenant_id, delivery_id, 'delivery_tries', t::text from delivery_tries t
  union all select tenant_id, tenant_id, 'event_counters', t::text from event_counters t
  union all select tenant_id, id, 'events', t::text from events t
  union all select tenant_id, coalesce(resource_id, created_at::text), 'idempotency_keys', t::text from idempotency_keys t
  union all select tenant_id, session_id, 'kept_cards', t::text from kept_cards t
  union all select null, 'last_check', 'last_check', t::text from last_check t
  union all select tenant_id, attempt_id, 'ledger_entries', t::text from ledger_entries t
  union all select tenant_id, mandate_id, 'mandate_consents', t::text from mandate_consents t
  union all select tenant_id, id, 'mandates', t::text from mandates t
  union all select tenant_id, id, 'payment_methods', t::text from payment_methods t
  union all select tenant_id, id, 'payment_resolutions', t::text from payment_resolutions t
  union all select tenant_id, id, 'payment_sessions', t::text from payment_sessions t
  union all select tenant_id, id, 'payments', t::text from payments t
  union all select tenant_id, id, 'refunds', t::text from refunds t
  union all select null, name, 'schema_migrations', t::text from schema_migrations t
  union all select tenant_id, tenant_id, 'tenants', t::text from tenants t
  union all select tenant_id, id, 'webhook_endpoints', t::text from webhook_endpoints t
),
found as (
  select l.tenant_id, l.id, l.place, regexp_replace(m[1], '[ -]', '', 'g') as digits
  from line l
    cross join lateral regexp_matches(l.line,
      '(?<![0-9a-fA-F+]|[0-9][.])([0-9]{14,19}|[0-9]{4}([ -][0-9]{4}){3}([ -]?[0-9]{1,3})?|3[0-9]{3}[ -][0-9]{6}[ -][0-9]{4,5})(?![0-9a-fA-F])',
      'g') m
  -- The cheap question first: few rows have so many digits together.
  where l.line ~ '[0-9]{14}|[0-9]{4}[ -][0-9]{4,6}[ -][0-9]{4}')
select distinct tenant_id, id, format('%s digits of a card in %s', length(digits), place) as detail
from found
where digits ~ ('^(4[0-9]{15}([0-9]{3})?|(5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}'
    || '|3[47][0-9]{13}|3[0689][0-9]{12,17}|(35|50|5[678]|6[0-9])[0-9]{14,17})$')
  and (select sum(case when place % 2 = 1 then digit else (array[0, 2, 4, 6, 8, 1, 3, 5, 7, 9])[digit + 1] end)
    from (select place, substr(digits, length(digits) - place + 1, 1)::integer as digit
      from generate_series(1, length(digits)) place) d) % 10 = 0
