create function public.create_repository(
    p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text
) returns public.repositories
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_repository public.repositories;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    insert into public.repositories (id, project_id, forge, external_id, full_name, clone_url)
    values (private.new_id(), p_project_id, p_forge, p_external_id, p_full_name, p_clone_url)
    returning * into v_repository;
    perform private.audit('repository.create', p_project_id, v_repository.id, jsonb_build_object('full_name', p_full_name));
    return v_repository;
end;
$$;
comment on function public.create_repository is
    'Say which project a repository of a forge belongs to. PT403 role_required, PT404 project_not_found; 409 when it is mapped already.';
grant execute on function public.create_repository to authenticated;
