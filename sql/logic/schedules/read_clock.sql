create function public.read_clock()
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select statement_timestamp()
$$;
comment on function public.read_clock is 'What time it is: the database''s clock is the only one.';
grant execute on function public.read_clock to authenticated;
