-- A grant to PUBLIC is a grant to the anonymous key.
select c.oid::regclass::text as relation, a.privilege_type as privilege
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral pg_catalog.aclexplode(c.relacl) a
 where (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and a.grantee = 0
