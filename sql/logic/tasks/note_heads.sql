create function private.note_heads(p_took interval, p_heads jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- The dead stay in front of a queue while somebody holds a snapshot, and each look wades through them. Few of them are never
    -- the reason that one took long; then nothing is remembered, and what comes back to an earlier place is seen at once.
    select set_config('devos.heads', coalesce((
        select jsonb_object_agg(n.name, jsonb_build_object('from', n.head, 'until', n.until))
          from (
            select f.key as name, f.value as head,
                   -- A look from here and not from the front makes none of it count longer.
                   coalesce((select o.until from unnest(array[(k.heads -> f.key ->> 'until')::timestamptz]) as o (until)
                              where o.until > statement_timestamp()),
                            statement_timestamp() + greatest(interval '1 second', 10 * p_took)) as until
              from jsonb_each_text(p_heads) f
            union all
            select o.key, o.value ->> 'from', (o.value ->> 'until')::timestamptz
              from jsonb_each(k.heads) o
             where not p_heads ? o.key and (o.value ->> 'until')::timestamptz > statement_timestamp()
             limit 200) n
         where pg_stat_get_dead_tuples('public.tasks'::regclass) > 20000)::text, ''), false)
      from (select coalesce(nullif(current_setting('devos.heads', true), ''), '{}')::jsonb as heads) k
$$;
comment on function private.note_heads is
    'Remember for this connection, where many dead rows lie, where queues begin that took so long to look into: for a second, or ten
times as long as the look took.';
grant execute on function private.note_heads to devos_jobs;
