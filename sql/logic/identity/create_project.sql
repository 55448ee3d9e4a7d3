create function public.create_project(p_name text)
returns public.projects
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    -- Without RETURNING: the caller sees the project as its member, which comes next.
    insert into public.projects (id, name) values (v_id, p_name);
    insert into public.project_members (project_id, user_id) values (v_id, private.my_user_id());
    perform private.emit('project.created', v_id, v_id, jsonb_build_object('name', p_name));
    perform private.audit('project.create', v_id, v_id, jsonb_build_object('name', p_name));
    return (select p from public.projects p where p.id = v_id);
end;
$$;
comment on function public.create_project is
    'Create a project; the caller becomes its member. PT403 role_required.';
grant execute on function public.create_project to authenticated;
