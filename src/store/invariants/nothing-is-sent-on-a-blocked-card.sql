-- After a bank or a network has closed a card, nothing is charged to it without the payer until a person lifts the block.
--
-- A charge that was allowed just before the block may bear a slightly later time, of another server's clock.
select a.tenant_id, a.id, format('sent %s, %s since %s', a.sent_at, b.rule, b.since) as detail
from card_blocks b
  join attempts a on a.tenant_id = b.tenant_id and a.card_fingerprint = b.card_key
where b.lifted_at is null and a.initiator = 'merchant' and a.kind in ('charge', 'authorise')
  and a.sent_at > b.since + interval '1 minute'
