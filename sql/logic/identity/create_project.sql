create function public.create_project(p_name text)
returns public.projects
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_project public.projects;
begin
    perform private.require_role('supervisor');
    v_project.id := private.new_id();
    v_project.name := p_name;
    v_project.created_at := statement_timestamp();
    insert into public.projects select v_project.*;
    insert into public.project_members (project_id, user_id) values (v_project.id, private.my_user_id());
    perform private.emit('project.created', v_project.id, v_project.id, jsonb_build_object('name', p_name));
    perform private.audit('project.create', v_project.id, v_project.id, jsonb_build_object('name', p_name));
    return v_project;
end;
$$;
comment on function public.create_project is
    'Create a project; the caller becomes its member. PT403 role_required.';
grant execute on function public.create_project to authenticated;
