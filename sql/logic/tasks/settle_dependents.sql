create function private.settle_dependents(p_ids uuid[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ready text[];
    v_failed uuid[];
begin
    if not exists (select from public.task_dependencies d where d.depends_on_id = any (p_ids) and d.settled_at is null) then
        return;
    end if;
    -- Counted down, never counted anew: two predecessors that end at once do not see each other.
    with settled as (
        update public.task_dependencies d set settled_at = statement_timestamp()
          from public.tasks p
         where d.depends_on_id = any (p_ids) and d.settled_at is null and p.id = d.depends_on_id
           and (p.state = 'completed' or (p.state in ('failed', 'cancelled') and d.on_failure = 'ignore'))
        returning d.task_id
    ), fewer as (
        select s.task_id, count(*)::integer as settled from settled s group by s.task_id order by s.task_id
    ), freed as (
        update public.tasks t set open_dependencies = t.open_dependencies - f.settled, updated_at = statement_timestamp()
          from fewer f where t.id = f.task_id
        returning t.kind, t.open_dependencies = 0 and t.state = 'pending' as ready
    )
    select array_agg(distinct f.kind) filter (where f.ready) into v_ready from freed f;
    if v_ready is not null then
        perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_ready) k));
    end if;
    with hit as (
        select d.task_id, bool_or(d.on_failure = 'fail') as fails, min(d.depends_on_id::text) as predecessor
          from public.task_dependencies d
          join public.tasks p on p.id = d.depends_on_id and p.state in ('failed', 'cancelled')
         where d.depends_on_id = any (p_ids) and d.settled_at is null
         group by d.task_id
    ), stopped as (
        update public.tasks t
           set state = case when h.fails then 'failed'::public.task_state else 'blocked' end,
               blocked_reason = case when h.fails then null else 'predecessor' end,
               last_error = jsonb_build_object('code', 'predecessor_failed', 'message', 'A task that this one waits for has failed.',
                                               'task_id', h.predecessor),
               finished_at = case when h.fails then statement_timestamp() end, updated_at = statement_timestamp()
          from hit h
         where t.id = h.task_id and (t.state = 'pending' or (t.state = 'blocked' and h.fails))
        returning t.id, t.project_id, t.state
    ), told as (
        select private.emit('task.' || s.state, s.project_id, s.id, '{"reason": "predecessor_failed"}') from stopped s
    )
    select array_agg(s.id) filter (where s.state = 'failed') into v_failed from stopped s, (select count(*) from told) all_told;
    if v_failed is not null then
        -- Those that wait for these in turn.
        perform private.settle_dependents(v_failed);
    end if;
end;
$$;
comment on function private.settle_dependents is
    'Tasks have ended: free what waited for them, and fail or block what cannot go on without them, as each said.';
grant execute on function private.settle_dependents to devos_jobs;
