-- as: devos_jobs
create function private.stop_dependents(p_ids uuid[], p_only uuid[])
returns uuid[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_hit uuid[];
    v_failed uuid[];
    v_ids uuid[];
    v_projects uuid[];
    v_types text[];
    v_data jsonb[];
begin
    select array_agg(distinct d.task_id) into v_hit
      from public.task_dependencies d
      join public.tasks p on p.id = d.depends_on_id and p.state in ('failed', 'cancelled')
     where d.depends_on_id = any (p_ids) and d.settled_at is null and (p_only is null or d.task_id = any (p_only));
    if v_hit is null then
        return null;
    end if;
    perform from public.tasks t where t.id = any (v_hit) order by t.id for no key update;
    with hit as (
        select d.task_id, bool_or(d.on_failure = 'fail') as fails, min(p.id::text) as predecessor
          from public.task_dependencies d
          join public.tasks p on p.id = d.depends_on_id and p.state in ('failed', 'cancelled')
         where d.task_id = any (v_hit) and d.depends_on_id = any (p_ids) and d.settled_at is null
         group by d.task_id
    ), stopped as (
        update public.tasks t
           set state = (case when h.fails then 'failed' else 'blocked' end)::public.task_state,
               blocked_reason = case when not h.fails then 'predecessor' end,
               last_error = jsonb_build_object('code', 'predecessor_failed', 'task_id', h.predecessor,
                   'message', 'A task that this one waits for has failed or was cancelled.'),
               finished_at = case when h.fails then statement_timestamp() end, updated_at = statement_timestamp()
          from hit h
         where t.id = h.task_id and (t.state = 'pending' or (t.state = 'blocked' and h.fails))
        returning t.id, t.project_id, t.state, t.attempt, t.last_error
    )
    select array_agg(s.id), array_agg(s.project_id), array_agg('task.' || s.state),
           array_agg(jsonb_build_object('attempt', s.attempt, 'error', s.last_error)),
           array_agg(s.id) filter (where s.state = 'failed')
      into v_ids, v_projects, v_types, v_data, v_failed
      from stopped s;
    if v_ids is not null then
        perform private.emit_each(v_types, v_projects, v_ids, v_data);
    end if;
    return v_failed;
end;
$$;
comment on function private.stop_dependents is
    'Fail or block what waits for the failed and cancelled among these tasks, as each said; ids of those that failed.';
