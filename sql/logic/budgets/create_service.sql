create function public.create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid default null)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    if not coalesce(p_limit >= 0 and p_limit < 1e12 and p_limit = round(p_limit, 6), false) then
        perform private.fail(422, 'invalid_amount', 'The limit is not one that can be kept.',
            'Send a decimal from 0 to below 10^12, with at most 6 places.');
    end if;
    -- A new service is nobody's substitute yet, so this cannot close a cycle.
    insert into public.service_registry (id, project_id, name, "limit", substitute_id)
    values (v_id, p_project_id, p_name, p_limit, p_substitute_id);
    perform private.emit('service.created', p_project_id, v_id, jsonb_build_object('name', p_name, 'limit', p_limit::text));
    perform private.audit('service.create', p_project_id, v_id, jsonb_build_object('name', p_name, 'limit', p_limit::text));
    return public.read_service(v_id);
end;
$$;
comment on function public.create_service is
    'Register a metered upstream with its limit in USD. PT403 role_required, PT404 project_not_found, PT422 invalid_amount;
422 for a substitute that is not in the project, 409 for a name that is taken.';
grant execute on function public.create_service to authenticated;
