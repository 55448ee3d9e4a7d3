-- The schema private is closed to clients: what stands in it was not written for them.
select r.rolname as role
  from pg_catalog.pg_roles r
 where r.rolname in ('anon', 'authenticated', 'agent', 'integration', 'service_role')
   and has_schema_privilege(r.oid, 'private', 'USAGE, CREATE')
