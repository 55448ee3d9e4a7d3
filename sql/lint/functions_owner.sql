-- A function runs with what its owner may do: only the four function roles own one (on Supabase, public holds others' functions too).
select p.oid::regprocedure::text as function, o.rolname as owner
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_roles o on o.oid = p.proowner
 where (n.nspname = 'private'
        or (n.nspname = 'public'
            and (o.rolname like 'devos\_%' or not exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin'))))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
   and o.rolname not in ('devos_api', 'devos_lookup', 'devos_journal', 'devos_jobs')
   -- What makes triggers at deploy belongs to the tables' owner, and lends its rights to no caller.
   and not (o.rolname = 'devos_owner' and not p.prosecdef and n.nspname = 'private')
   -- Where auth is somebody else's, the deployer owns what reads it: see auth.policies.sql.
   and not (n.nspname = 'private' and o.rolname = current_user and not o.rolsuper
            and not has_schema_privilege('devos_lookup', 'auth', 'usage'))
   -- Only a table's owner makes and drops its partitions. It takes a number and answers one.
   and p.oid is distinct from to_regprocedure('private.keep_log_partitions(integer)')
