-- A function that PUBLIC may execute is open to the anonymous key: every caller is granted by name.
select p.oid::regprocedure::text as function
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 cross join lateral pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
 where (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(p.proowner) like 'devos\_%'))
   and a.grantee = 0
