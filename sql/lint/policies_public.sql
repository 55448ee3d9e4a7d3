-- A policy for PUBLIC also holds for roles that nobody thought of: every policy names its roles.
select c.oid::regclass::text as table, p.polname as policy
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and 0 = any (p.polroles)
