-- A view reads with its owner's rights unless it is security_invoker; a materialized view cannot be.
select c.oid::regclass::text as view
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('v', 'm')
   and (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'] is not true
