-- A charge counts for a day within the life of its mandate, and a series began before everything that was charged under it.
select c.tenant_id, c.payment_id as id, format('counts for %s, the mandate holds from %s to %s', c.effective_date, m.first_date,
    m.terms ->> 'endDate') as detail
from mandate_charges c join mandates m on m.tenant_id = c.tenant_id and m.id = c.mandate_id
where c.series_id <> m.series_id or c.effective_date < m.first_date or c.effective_date > (m.terms ->> 'endDate')::date
