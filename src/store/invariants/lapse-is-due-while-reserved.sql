-- What is reserved has a day on which it falls back to the payer, and nothing else has; once lapsed, nothing is left reserved.
select tenant_id, id,
  format('%s reserved, lapse due %s, lapsed %s', authorised_amount - paid_amount - voided_amount,
    coalesce(lapse_due_at::text, 'never'), coalesce(lapsed_at::text, 'never')) as detail
from payments
where (lapse_due_at is not null)
    <> (authorisation_expires_at is not null and lapsed_at is null and authorised_amount > paid_amount + voided_amount)
  or (lapsed_at is not null and authorised_amount <> paid_amount + voided_amount)
