create function public.add_project_member(p_project_id uuid, p_user_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform public.read_person(p_user_id);
    insert into public.project_members (project_id, user_id) values (p_project_id, p_user_id) on conflict do nothing;
    if found then
        perform private.emit('project.member_added', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
        perform private.audit('project.add_member', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
    end if;
end;
$$;
comment on function public.add_project_member is
    'Let a person that the caller sees into a project; twice is once. PT403 role_required, PT404 project_not_found, user_not_found.';
grant execute on function public.add_project_member to authenticated;
