create function private.failed_dependents(p_ids uuid[])
returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return array(
        with recursive hit as (
            select u.id from unnest(p_ids) as u (id)
            union
            select t.id
              from hit h
             -- The offset as in waits_for_itself.
             cross join lateral (
                select d.task_id as id from public.task_dependencies d
                 where d.depends_on_id = h.id and d.settled_at is null offset 0) d
              join public.tasks t on t.id = d.id
               and (t.state = 'failed' and t.last_error ->> 'code' = 'predecessor_failed' or t.blocked_reason = 'predecessor')
        )
        select h.id from hit h where h.id <> all (p_ids));
end;
$$;
comment on function private.failed_dependents is
    'What failed or is blocked because these tasks failed, and because those did in turn.';
