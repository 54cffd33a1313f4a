-- What each try sent, beside what came back, and how many tries an endpoint takes at once.

-- The address and the signatures as they were at that try: both may be others by now. Absent on tries from before this column.
alter table delivery_tries add column url text, add column signature text;

-- Most tries to it at once, in each process that delivers.
alter table webhook_endpoints add column concurrency smallint not null default 8 check (concurrency between 1 and 32);
