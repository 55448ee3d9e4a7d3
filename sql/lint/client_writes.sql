-- Clients write through functions alone: a table that a client role may write has rules that nothing checks.
select c.oid::regclass::text as relation, r.rolname as role
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join pg_catalog.pg_roles r
 where c.relkind in ('r', 'p', 'v', 'S')
   and (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and r.rolname in ('anon', 'authenticated', 'agent', 'integration', 'devos_login', 'devos_worker')
   and case c.relkind
           when 'S' then has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')
           else has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                or has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE, REFERENCES')
       end
