create function public.charge_service(
    p_service_id uuid, p_amount numeric, p_task_id uuid default null, p_lease_token bigint default null,
    p_key text default null, p_note text default null
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
    v_asked public.service_registry;
    v_service public.service_registry;
    v_next uuid := p_service_id;
    v_seen uuid[] := '{}';
    v_suspended boolean := false;
    v_known jsonb;
begin
    perform private.require_amount(p_amount);
    if private.my_agent_id() is null then
        perform private.require_role('supervisor');
        if p_task_id is not null or p_lease_token is not null then
            perform private.fail(422, 'agent_required', 'Only the agent that holds a task charges for it.',
                'Leave out task_id and lease_token.');
        end if;
    else
        v_task := private.hold_lease(p_task_id, p_lease_token);
        if p_key is null then
            perform private.fail(422, 'key_required', 'An agent names each charge, so that a repeated call is one charge.',
                'Send a key that is the same when the call is repeated.');
        end if;
    end if;
    loop
        -- Substitutes form no cycle, so two callers lock the rows of a chain in the same order.
        select * into v_service from public.service_registry s
         where s.id = v_next and s.project_id = coalesce(v_task.project_id, s.project_id) for no key update;
        if v_asked.id is null then
            if not found then
                perform private.fail(404, 'service_not_found', 'There is no such service.', 'List yours with GET /api/services.');
            end if;
            v_asked := v_service;
            v_known := private.known_charge(v_task, p_key, p_service_id, p_amount);
            if v_known is not null then
                return v_known;
            end if;
        end if;
        if v_service.state = 'ACTIVE' and v_service.spent + v_service.reserved + p_amount <= v_service."limit" then
            return private.book_charge(v_asked, v_service, v_task, p_amount, p_key, p_note, v_suspended);
        end if;
        v_suspended := private.suspend_service(v_service) or v_suspended;
        v_seen := v_seen || v_service.id;
        v_next := v_service.substitute_id;
        exit when v_next is null or v_next = any (v_seen);
    end loop;
    -- Returned and not raised: the suspension and its event must outlive this refusal.
    return jsonb_build_object(
        'charged', false, 'reason', case when v_next is null then 'budget_exhausted' else 'substitute_cycle' end,
        'service_asked', private.service_ref(v_asked), 'service_used', null, 'delegated_from', null,
        'suspended_now', v_suspended, 'remaining', greatest(v_asked."limit" - v_asked.spent - v_asked.reserved, 0)::text,
        'charge_id', null);
end;
$$;
comment on function public.charge_service is
    'Book p_amount USD on a service or, where it does not fit, on the first of its substitutes where it does; what it does not
fit is suspended. An agent names its leased task; one charge per (task, attempt, key), for a person per (person, key).
Answers {charged, reason, service_asked, service_used, delegated_from, suspended_now, remaining, charge_id}.
PT403 role_required, PT404 service_not_found | task_not_found, PT409 lease_lost | idempotency_key_reused, PT422 invalid_amount | key_required | agent_required.';
grant execute on function public.charge_service to authenticated, agent;
