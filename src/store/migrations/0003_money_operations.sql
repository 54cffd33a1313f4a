-- What can happen to a payment after it succeeded: captures, voids and refunds as attempts of their own; the ledger that
-- adds them up; the list of payments that people have to look at; and the result of the last check of all of it.

alter table payments
  -- Refunds on their way: their sum is promised to the payer and cannot be refunded again.
  add column refunding_amount bigint not null default 0 check (refunding_amount >= 0),
  -- When what is still reserved falls back to the payer; set while something is.
  add column lapse_due_at timestamptz,
  add column lapsed_at timestamptz,
  add column review json,
  add check (refunded_amount + refunding_amount <= paid_amount);
update payments set lapse_due_at = authorisation_expires_at
  where status = 'succeeded' and authorised_amount > paid_amount + voided_amount;
update payments set review = json_build_object('reason', review_reason, 'since', floor(extract(epoch from updated_at) * 1000))
  where review_reason is not null;
alter table payments drop column review_reason;
create index payments_lapsing on payments (lapse_due_at, tenant_id) where lapse_due_at is not null;
create index payments_in_review on payments (tenant_id, id) where review is not null;

-- What a merchant says about a capture.
alter table attempts
  add column external_reference text,
  add column metadata json;

create table refunds (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null check (version > 0),
  payment_id text collate "C" not null,
  attempt_id text collate "C" not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text check (reason in ('duplicate', 'fraudulent', 'requested_by_customer', 'other')),
  status text not null check (status in ('pending', 'succeeded', 'failed')),
  failure_code text,
  metadata json,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, attempt_id),
  foreign key (tenant_id, payment_id) references payments (tenant_id, id),
  foreign key (tenant_id, attempt_id) references attempts (tenant_id, id),
  check ((status = 'failed') = (failure_code is not null))
);
create index refunds_by_payment on refunds (tenant_id, payment_id, id);

-- One row for each movement of money between payer, reservation and merchant: its three sums are zero together. Append-only:
-- a mistake is corrected by a further row.
create table ledger_entries (
  tenant_id text collate "C" not null,
  payment_id text collate "C" not null,
  attempt_id text collate "C" not null,
  -- The second of an attempt takes back the first: a lapsed authorisation, a refund that failed after all.
  number integer not null check (number in (1, 2)),
  kind text not null check (kind in
    ('charge', 'authorise', 'capture', 'void', 'refund', 'lapse', 'capture_failed', 'void_failed', 'refund_failed')),
  payer bigint not null,
  held bigint not null,
  collected bigint not null,
  currency text not null,
  created_at timestamptz not null,
  primary key (tenant_id, payment_id, attempt_id, number),
  check (payer + held + collected = 0)
);
insert into ledger_entries (tenant_id, payment_id, attempt_id, number, kind, payer, held, collected, currency, created_at)
  select tenant_id, payment_id, id, 1, kind, -amount, case kind when 'authorise' then amount else 0 end,
    case kind when 'charge' then amount else 0 end, currency, settled_at
  from attempts where status = 'succeeded' and kind in ('charge', 'authorise');

-- Who closed a review, saying what: the audit trail of decisions that people took about money. Append-only.
create table payment_resolutions (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  payment_id text collate "C" not null,
  attempt_id text collate "C",
  outcome text check (outcome in ('succeeded', 'failed')),
  note text not null,
  review json not null,
  resolved_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, payment_id) references payments (tenant_id, id)
);
create index payment_resolutions_by_payment on payment_resolutions (tenant_id, payment_id, id);

-- The last check of every invariant, for health and metrics; one row, whose next_check_at is both due time and lease.
create table last_check (
  name text primary key check (name = 'invariants'),
  next_check_at timestamptz not null,
  ended_at timestamptz,
  took_ms integer,
  -- One entry for each invariant: name, rows found, a few of them.
  result json
);
insert into last_check (name, next_check_at) values ('invariants', '2026-01-01 00:00:00+00');
