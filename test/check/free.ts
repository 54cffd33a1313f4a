/** Takes the checks of a table away, for rows that could not even be written otherwise. */
export const free = (table: string): string => `do $$ declare c text; begin
  for c in select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'c'
  loop execute 'alter table ${table} drop constraint ' || quote_ident(c); end loop; end $$`;
