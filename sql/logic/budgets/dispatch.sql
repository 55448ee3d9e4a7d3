create function public.dispatch(
    p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric default null
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_asked public.service_registry;
    v_used public.service_registry;
begin
    if p_estimated_amount is not null then
        perform private.require_amount(p_estimated_amount);
    end if;
    select * into v_asked from public.service_registry s where s.id = p_service_id and s.project_id = v_task.project_id;
    if not found then
        perform private.fail(404, 'service_not_found', 'There is no such service.', 'List yours with GET /api/services.');
    end if;
    with recursive chain as (
        select s, array[s.id] as seen from public.service_registry s where s.id = v_asked.id
        union all
        select n, c.seen || n.id
          from chain c
          join public.service_registry n on n.id = (c.s).substitute_id and n.id <> all (c.seen)
    )
    select (c.s).* into v_used from chain c
     where (c.s).state = 'ACTIVE'
       and (c.s).spent + (c.s).reserved + coalesce(p_estimated_amount, 0.000001) <= (c.s)."limit"
     order by cardinality(c.seen) limit 1;
    perform private.emit('service.dispatched', v_task.project_id, v_asked.id, jsonb_build_object(
        'task_id', v_task.id, 'attempt', v_task.attempt, 'asked', v_asked.name, 'used', v_used.name));
    return jsonb_build_object(
        'allowed', v_used.id is not null, 'reason', case when v_used.id is null then 'budget_exhausted' end,
        'service_asked', private.service_ref(v_asked), 'service_used', private.service_ref(v_used));
end;
$$;
comment on function public.dispatch is
    'Which service a leased task must use now: the one asked for, or the first substitute with room. Moves no money; the
question is recorded. Answers {allowed, reason, service_asked, service_used}.
PT403 agent_required, PT404 task_not_found | service_not_found, PT409 lease_lost, PT422 invalid_amount.';
grant execute on function public.dispatch to agent;
