create function public.delete_kind(p_project_id uuid, p_name text)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    delete from public.kinds k where k.project_id = p_project_id and k.name = p_name returning k.id into v_id;
    if not found then
        perform public.read_kind(p_project_id, p_name);
        perform private.fail(409, 'kind_built_in', 'This kind is built in and stays.',
            'Replace it in the project with a kind of the same name.');
    end if;
    perform private.emit('kind.deleted', p_project_id, v_id, jsonb_build_object('name', p_name));
end;
$$;
comment on function public.delete_kind is
    'Forget a project''s own kind; a built-in one of the name counts again. Tasks stay as they are.
PT403 role_required, PT404 project_not_found, kind_not_found, PT409 kind_built_in.';
grant execute on function public.delete_kind to authenticated;
