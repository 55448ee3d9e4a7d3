create function public.require_creation(p_project_ids uuid[])
returns void
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(p_project_ids);
end;
$$;
comment on function public.require_creation is
    'Who asks may create tasks in these projects. PT403 role_required, PT404 project_not_found.';
grant execute on function public.require_creation to authenticated;
