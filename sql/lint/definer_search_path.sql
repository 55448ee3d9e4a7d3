-- A definer function whose path does not end in pg_temp is hijacked by a caller's temporary objects, which come first unless named.
select p.oid::regprocedure::text as function,
       coalesce((select c from unnest(p.proconfig) c where c like 'search\_path=%'), 'none') as search_path
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.prosecdef
   and (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid(p.proowner) like 'devos\_%'))
   and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))
