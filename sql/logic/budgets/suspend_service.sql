create function private.suspend_service(p_service public.service_registry)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    update public.service_registry s set state = 'SUSPENDED' where s.id = p_service.id and s.state = 'ACTIVE';
    if not found then
        return false;
    end if;
    perform private.emit('service.suspended', p_service.project_id, p_service.id, jsonb_build_object(
        'name', p_service.name, 'limit', p_service."limit"::text, 'spent', p_service.spent::text));
    perform private.audit('service.suspend', p_service.project_id, p_service.id, jsonb_build_object('reason', 'budget_exhausted'));
    return true;
end;
$$;
comment on function private.suspend_service is 'Suspend a service whose budget is used up; false when it was suspended before.';
