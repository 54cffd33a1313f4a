-- Nothing is charged under a mandate after it was revoked or has ended.
--
-- A charge that was allowed just before the revocation may bear a slightly later time, of another server's clock. Where somebody moves
-- the clock of test mode, it may bear a much later one: the revocation's is when its request began. There times say nothing.
select a.tenant_id, a.id, format('charged %s, mandate %s since %s', a.created_at, m.status, coalesce(m.revoked_at, m.ended_at)) as detail
from attempts a
  join mandates m on m.tenant_id = a.tenant_id and m.id = a.mandate_id
  join tenants t on t.tenant_id = a.tenant_id and t.clock_offset_ms = 0
where a.initiator = 'merchant' and a.kind in ('charge', 'authorise')
  and a.created_at > coalesce(m.revoked_at, m.ended_at) + interval '1 minute'
