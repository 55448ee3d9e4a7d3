-- Removing a row removes or changes those that refer to it: without an index on the reference that reads the whole table.
select k.conrelid::regclass::text as table, k.conname as foreign_key
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where k.contype = 'f' and k.confdeltype in ('c', 'n', 'd')
   and (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(c.relowner) like 'devos\_%'))
   and not exists (
       select from pg_catalog.pg_index i
        where i.indrelid = k.conrelid and i.indisvalid
          -- The reference is compared, so it is not null: an index of the rows that refer to something serves as well.
          and (i.indpred is null or pg_catalog.pg_get_expr(i.indpred, i.indrelid) = any (array(
                  select format('(%I IS NOT NULL)', a.attname) from pg_catalog.pg_attribute a
                   where a.attrelid = k.conrelid and a.attnum = any (k.conkey))))
          and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey)
