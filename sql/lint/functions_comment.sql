-- The comment of a function is its contract: what it does, answers and refuses.
select p.oid::regprocedure::text as function
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(p.proowner) like 'devos\_%'))
   and coalesce(pg_catalog.obj_description(p.oid, 'pg_proc'), '') = ''
