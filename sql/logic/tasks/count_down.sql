create function private.count_down(p_ids uuid[], p_numbers integer[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_resumed uuid[];
    v_projects uuid[];
    v_hints jsonb[];
begin
    -- In one order everywhere: whoever frees the same tasks at once waits, and does not deadlock.
    perform from public.tasks t where t.id = any (p_ids) order by t.id for no key update;
    select coalesce(array_agg(t.id), '{}'), array_agg(t.project_id) into v_resumed, v_projects
      from unnest(p_ids, p_numbers) as f (id, number)
      join public.tasks t on t.id = f.id and t.blocked_reason = 'predecessor' and t.open_dependencies = f.number;
    -- Counted down, never counted anew: two predecessors that end at once do not see each other.
    with fewer as (
        update public.tasks t
           set open_dependencies = t.open_dependencies - f.number, updated_at = statement_timestamp(),
               state = case when t.id = any (v_resumed) then 'pending' else t.state end,
               blocked_reason = case when t.id = any (v_resumed) then null else t.blocked_reason end
          from unnest(p_ids, p_numbers) as f (id, number)
         where t.id = f.id
        returning t.kind, t.open_dependencies = 0 and t.state = 'pending' as ready
    )
    select array_agg(distinct jsonb_build_object('kind', f.kind)) filter (where f.ready) into v_hints from fewer f;
    if v_hints is not null then
        perform private.enqueue('tasks.ready', v_hints);
    end if;
    if v_projects is not null then
        perform private.emit_each(array_fill('task.resumed'::text, array[cardinality(v_resumed)]), v_projects, v_resumed,
            array_fill('{"reason": "predecessor"}'::jsonb, array[cardinality(v_resumed)]));
    end if;
end;
$$;
comment on function private.count_down is
    'So many dependencies of these tasks are settled or gone: those without one may be claimed, and those blocked for one go on.';
grant execute on function private.count_down to devos_jobs;
