create function private.head_of(p_heads jsonb, p_name text)
returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((
        select (h.head ->> 'from')::timestamptz from (select p_heads -> p_name as head) h
         where (h.head ->> 'until')::timestamptz > statement_timestamp()), '-infinity')
$$;
comment on function private.head_of is
    'Where this connection last found the first living row of a queue, as long as that counts; before it there were the dead alone.';
grant execute on function private.head_of to devos_jobs;
