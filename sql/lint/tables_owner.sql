-- An owner may change a table and its policies: that is devos_owner alone (on Supabase, public holds others' tables too).
select c.oid::regclass::text as relation, o.rolname as owner
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_roles o on o.oid = c.relowner
 where c.relkind in ('r', 'p', 'f', 'S')
   and (n.nspname = 'private'
        or (n.nspname = 'public'
            and (o.rolname like 'devos\_%' or not exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin'))))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and o.rolname <> 'devos_owner'
