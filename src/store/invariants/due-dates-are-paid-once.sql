-- One due date of a subscription is charged at most once, however often it was tried.
select tenant_id, subscription_id as id, format('%s was paid %s times', due_date, count(*)) as detail
from payments
where due_date is not null and status = 'succeeded' and voided_amount < authorised_amount
group by tenant_id, subscription_id, due_date having count(*) > 1
