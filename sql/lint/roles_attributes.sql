-- None of our roles, and no client role, is above the policies or makes others.
select r.rolname as role
  from pg_catalog.pg_roles r
 where (r.rolname like 'devos\_%' or r.rolname in ('anon', 'authenticated', 'agent', 'integration'))
   and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication)
