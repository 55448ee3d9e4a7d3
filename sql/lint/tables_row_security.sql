-- A table without enabled and forced row level security shows every row to whoever holds a grant, or owns it.
select c.oid::regclass::text as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p')
   and (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and not (c.relrowsecurity and c.relforcerowsecurity)
