create function public.read_service(p_service_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_service jsonb := (select to_jsonb(s) from public.list_services(p_service_id => p_service_id) s);
begin
    if p_service_id is null or v_service is null then
        raise exception using errcode = 'PT404', message = 'There is no such service.', detail = 'service_not_found',
            hint = 'List yours with GET /api/services.';
    end if;
    return v_service;
end;
$$;
comment on function public.read_service is 'One service; for an agent without its budget. PT404 service_not_found.';
grant execute on function public.read_service to authenticated, agent;
