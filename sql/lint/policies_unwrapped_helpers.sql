-- A helper that a policy calls outside of (select ...) runs once per row and not once per query.
select c.oid::regclass::text as table, p.polname as policy, f.proname as helper
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
   and d.refclassid = 'pg_catalog.pg_proc'::regclass
  join pg_catalog.pg_proc f on f.oid = d.refobjid
 where (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and pg_catalog.regexp_replace(
           coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), '') || ' '
               || coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), ''),
           '\( SELECT \(*([a-z_]+\.)?[a-z_]+\(', '', 'g') ~ ('\m' || f.proname || '\(')
