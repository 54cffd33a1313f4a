-- Every reference leads to an object of the same tenant: following ids never shows one merchant what is another's.
--
-- References that are foreign keys hold by themselves; guards-are-in-place sees that they are there.
with reference (tenant_id, id, kind, target) as (
  select tenant_id, id, 'session', session_id from attempts
  union all select tenant_id, id, 'payment_method', payment_method_id from attempts
  union all select tenant_id, id, 'mandate', mandate_id from attempts
  union all select tenant_id, id, 'customer', customer_id from payments
  union all select tenant_id, id, 'payment_method', payment_method_id from payments
  union all select tenant_id, id, 'mandate', mandate_id from payments
  union all select tenant_id, id, 'payment_method', payment_method_id from payment_sessions
  union all select tenant_id, id, 'mandate', mandate_id from payment_sessions
  union all select tenant_id, id, 'payment', payment_id from payment_sessions
  union all select tenant_id, id, 'payment', payment_id from mandates
  union all select tenant_id, id, 'subscription', subscription_id from mandates
  union all select tenant_id, id, 'mandate', replaces_mandate_id from mandates
  union all select tenant_id, id, 'mandate', series_id from mandates
  union all select tenant_id, id, 'subscription', subscription_id from payment_sessions
  union all select tenant_id, id, 'subscription', subscription_id from payments
  union all select tenant_id, payment_id, 'subscription', subscription_id from mandate_charges
  union all select tenant_id, subscription_id, 'session', session_id from subscription_charges
  union all select tenant_id, subscription_id, 'payment', payment_id from subscription_charges
  union all select tenant_id, attempt_id, 'attempt', attempt_id from card_declines
  union all select tenant_id, attempt_id, 'payment', payment_id from ledger_entries
  union all select tenant_id, attempt_id, 'attempt', attempt_id from ledger_entries
  union all select tenant_id, session_id, 'session', session_id from kept_cards
  union all select tenant_id, session_id, 'session', session_id from checkout_forms
  union all select tenant_id, session_id, 'session', session_id from checkout_tokens
  union all select tenant_id, id, 'object', object_id from events),
object (tenant_id, kind, id) as (
  select tenant_id, 'session', id from payment_sessions
  union all select tenant_id, 'payment', id from payments
  union all select tenant_id, 'attempt', id from attempts
  union all select tenant_id, 'refund', id from refunds
  union all select tenant_id, 'customer', id from customers
  union all select tenant_id, 'payment_method', id from payment_methods
  union all select tenant_id, 'mandate', id from mandates
  union all select tenant_id, 'subscription', id from subscriptions
  union all select tenant_id, 'endpoint', id from webhook_endpoints)
select r.tenant_id, r.id, format('%s %s is not of this tenant', r.kind, r.target) as detail
from reference r
where r.target is not null and not exists (select 1 from object o
  where o.tenant_id = r.tenant_id and o.id = r.target
    and (o.kind = r.kind or (r.kind = 'object' and o.kind <> 'attempt')))
union all
-- The three of one payment name each other.
select a.tenant_id, a.id, format('attempt of session %s and payment %s, which is of %s', a.session_id, a.payment_id, p.session_id)
from attempts a
  join payments p on p.tenant_id = a.tenant_id and p.id = a.payment_id
  left join payment_sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
where p.session_id <> a.session_id or s.payment_id is distinct from p.id
