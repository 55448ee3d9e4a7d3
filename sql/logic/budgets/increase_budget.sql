create function public.increase_budget(p_service_id uuid, p_amount numeric, p_reason text)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_before public.service_registry;
    v_after public.service_registry;
begin
    perform private.require_role('supervisor');
    perform private.require_amount(p_amount);
    select * into v_before from public.service_registry s where s.id = p_service_id for no key update;
    if not found then
        perform private.fail(404, 'service_not_found', 'There is no such service.', 'List yours with GET /api/services.');
    end if;
    if v_before."limit" + p_amount >= 1e12 then
        perform private.fail(422, 'invalid_amount', 'The limit would be larger than can be kept.', 'Send less.');
    end if;
    update public.service_registry s
       set "limit" = s."limit" + p_amount,
           overrun = greatest(s.overrun - p_amount, 0),
           state = case when s.spent + s.reserved < s."limit" + p_amount then 'ACTIVE' else s.state end
     where s.id = v_before.id
    returning * into v_after;
    perform private.emit('service.budget_increased', v_after.project_id, v_after.id, jsonb_build_object(
        'name', v_after.name, 'amount', p_amount::text, 'limit', v_after."limit"::text, 'reason', p_reason));
    perform private.audit('service.increase_budget', v_after.project_id, v_after.id, jsonb_build_object(
        'from', v_before."limit"::text, 'to', v_after."limit"::text, 'reason', p_reason));
    if v_before.state <> v_after.state then
        perform private.emit('service.reactivated', v_after.project_id, v_after.id, jsonb_build_object('name', v_after.name));
    end if;
    -- Also when it was never suspended: dispatch blocks a task whose estimate does not fit an active service.
    if v_after.state = 'ACTIVE' then
        perform private.resume_blocked_tasks(v_after.project_id, 'budget');
    end if;
    return public.read_service(v_after.id);
end;
$$;
comment on function public.increase_budget is
    'Raise the limit of a service by p_amount USD; overrun is absorbed first, a suspended service with room works again, and
tasks of the project that were blocked by the budget go on. PT403 role_required, PT404 service_not_found, PT422 invalid_amount.';
grant execute on function public.increase_budget to authenticated;
