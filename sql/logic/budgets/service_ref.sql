create function private.service_ref(p_service public.service_registry)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_service.id is not null then jsonb_build_object('id', p_service.id, 'name', p_service.name) end
$$;
comment on function private.service_ref is 'A service as answers name it: {id, name}; null for none.';
