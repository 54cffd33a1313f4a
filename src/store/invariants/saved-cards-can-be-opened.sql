-- Every active saved card lies sealed in the vault.
select m.tenant_id, m.id, 'its sealed card is missing' as detail
from payment_methods m
where m.status = 'active' and not exists (select 1 from vault.cards c
  where c.tenant_id = m.tenant_id and c.card_id = m.card_id)
