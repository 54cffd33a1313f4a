-- No card number stands in clear in any text or JSON outside the vault.
--
-- Looked for in every column that holds text: 14 to 19 digits, in one piece or grouped as on a card, that begin and end as a
-- brand's number does and pass the check digit. Not looked for: 13 digits (telephone numbers have them, and no card has since
-- long), digits inside a longer run or within hexadecimal text. The number itself is never shown.
with line (tenant_id, id, place, line) as (
  select null::text, account_id, 'accounts', concat_ws('|', account_id, name) from accounts
  union all select tenant_id, id, 'api_keys', concat_ws('|', id, kind, hint) from api_keys
  union all select tenant_id, id, 'attempts', concat_ws('|', id, session_id, payment_id, kind, status, currency, request_key,
    processor, processor_ref, reference, initiator, attempt_key, browser, idempotency_key, card_id, card_fingerprint,
    method_details, payment_method_id, mandate_id, consent, next_action, decline, evidence, external_reference, metadata)
    from attempts
  union all select tenant_id, tenant_id, 'brandings', concat_ws('|', branding, derived, contrast_report) from brandings
  union all select tenant_id, id, 'branding_drafts', concat_ws('|', id, branding, derived) from branding_drafts
  union all select tenant_id, slot, 'branding_files', concat_ws('|', slot, hash, type) from branding_files
  union all select tenant_id, attempt_id, 'card_blocks', concat_ws('|', card_key, rule, attempt_id, code) from card_blocks
  union all select tenant_id, attempt_id, 'card_declines', concat_ws('|', card_key, attempt_id, currency, network, code, response,
    advice) from card_declines
  union all select tenant_id, id, 'card_unblocks', concat_ws('|', id, card_key, rule, note, lifted_by) from card_unblocks
  union all select tenant_id, card_key, 'card_watch', concat_ws('|', card_key) from card_watch
  union all select tenant_id, session_id, 'checkout_forms', concat_ws('|', session_id, browser, form) from checkout_forms
  union all select tenant_id, attempt_id, 'checkout_tries', concat_ws('|', kind, digest, place, attempt_id) from checkout_tries
  union all select tenant_id, session_id, 'checkout_tokens', concat_ws('|', token, session_id) from checkout_tokens
  union all select tenant_id, id, 'customers', concat_ws('|', id, name, email, phone, external_reference, metadata)
    from customers
  union all select tenant_id, id, 'deliveries', concat_ws('|', id, endpoint_id, event_id, event_type, lane, status)
    from deliveries
  union all select tenant_id, delivery_id, 'delivery_tries', concat_ws('|', delivery_id, failure, answer, url, signature)
    from delivery_tries
  union all select tenant_id, id, 'events', concat_ws('|', id, type, object_id, data) from events
  union all select tenant_id, coalesce(resource_id, created_at::text), 'idempotency_keys', concat_ws('|', key, resource_id,
    body) from idempotency_keys
  union all select tenant_id, session_id, 'kept_cards', concat_ws('|', session_id, browser, card_id, details, fingerprint)
    from kept_cards
  union all select null, 'last_check', 'last_check', concat_ws('|', name, result) from last_check
  union all select tenant_id, attempt_id, 'ledger_entries', concat_ws('|', payment_id, attempt_id, kind, currency)
    from ledger_entries
  union all select tenant_id, payment_id, 'mandate_charges', concat_ws('|', series_id, payment_id, mandate_id, subscription_id,
    state, windows) from mandate_charges
  union all select tenant_id, mandate_id, 'mandate_consents', concat_ws('|', mandate_id, evidence) from mandate_consents
  union all select tenant_id, id, 'mandates', concat_ws('|', id, status, status_reason, type, customer_id, payment_method_id,
    session_id, payment_id, subscription_id, series_id, replaces_mandate_id, terms, instalments, charge_hold, currency, description,
    external_reference, metadata, network_transaction_id) from mandates
  union all select tenant_id, series_id, 'mandate_usage', concat_ws('|', series_id) from mandate_usage
  union all select tenant_id, series_id, 'mandate_windows', concat_ws('|', series_id) from mandate_windows
  union all select tenant_id, id, 'payment_methods', concat_ws('|', id, customer_id, type, usage, status, card_id, scheme,
    card_type, country, bin, last4, fingerprint, processor_token, network_transaction_id) from payment_methods
  union all select tenant_id, id, 'payment_resolutions', concat_ws('|', id, payment_id, attempt_id, outcome, note, review,
    resolved_by) from payment_resolutions
  union all select tenant_id, id, 'payment_sessions', concat_ws('|', id, type, status, payment_outcome, currency, description,
    external_reference, metadata, created_by, customer_id, payment_method_id, mandate_id, payment_id, checkout_id, return_url,
    subscription_id, options, cancelled_by, last_payment_error) from payment_sessions
  union all select tenant_id, id, 'payments', concat_ws('|', id, session_id, status, intent, initiator, capture_method,
    currency, external_reference, metadata, customer_id, payment_method_id, mandate_id, subscription_id, method_details,
    reconciliation_reference, last_payment_error, review) from payments
  union all select tenant_id, id, 'refunds', concat_ws('|', id, payment_id, attempt_id, currency, reason, status, failure_code,
    metadata) from refunds
  union all select tenant_id, id, 'request_logs', concat_ws('|', id, method, path, route, query, api_key_id, api_key_type,
    idempotency_key, error_code, request_body, answer_body) from request_logs
  union all select null, name, 'schema_migrations', concat_ws('|', name) from schema_migrations
  union all select tenant_id, subscription_id, 'subscription_charges', concat_ws('|', subscription_id, status, reason, violations,
    last_payment_error, session_id, payment_id, dunning) from subscription_charges
  union all select tenant_id, id, 'subscriptions', concat_ws('|', id, status, status_reason, paused_from, customer_id,
    payment_method_id, mandate_id, session_id, currency, plan, current_charge, description, external_reference, metadata)
    from subscriptions
  union all select tenant_id, tenant_id, 'tenants', concat_ws('|', account_id, mode, processor, settings, checkout_settings) from tenants
  union all select tenant_id, id, 'webhook_endpoints', concat_ws('|', id, url, description, event_types, ordering,
    disabled_reason) from webhook_endpoints
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
