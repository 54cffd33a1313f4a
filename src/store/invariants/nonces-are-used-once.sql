-- No nonce was used twice with one key of the vault: a repeat would open both cards to whoever has the sealed bytes.
select min(tenant_id) as tenant_id, min(card_id) as id, format('%s cards under one nonce', count(*)) as detail
from vault.cards
group by tenant_id, key_version, nonce
having count(*) > 1
union all
select min(tenant_id), min(tenant_id), format('%s data keys under one nonce', count(*))
from vault.data_keys
group by master_key_id, nonce
having count(*) > 1
