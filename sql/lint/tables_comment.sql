-- People meet the tables of public in their tools: each says what its rows are.
select c.oid::regclass::text as table
  from pg_catalog.pg_class c
 where c.relkind in ('r', 'p', 'v') and c.relnamespace = 'public'::regnamespace
   and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'
   and coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '') = ''
