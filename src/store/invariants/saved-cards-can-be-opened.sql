-- Every active saved card lies sealed in the vault, except for one whose new number only the processor knows.
select m.tenant_id, m.id, 'its sealed card is missing' as detail
from payment_methods m
where m.status = 'active' and m.card_id is not null and not exists (select 1 from vault.cards c
  where c.tenant_id = m.tenant_id and c.card_id = m.card_id)
