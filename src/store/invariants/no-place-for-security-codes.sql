-- There is no column in which a card's verification code could be stored.
select null::text as tenant_id, table_schema || '.' || table_name as id, format('has a column %s', column_name) as detail
from information_schema.columns
where table_schema not in ('pg_catalog', 'information_schema')
  and column_name ~* '(^|_)(cvv2?|cvc2?|cvn|csc|cid|cav2?)($|_)|security_?code|verification_?(code|value)|card_?code'
