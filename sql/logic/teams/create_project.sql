create function public.create_project(p_name text, p_description text default '', p_team_id uuid default null)
returns public.projects
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id) where p_team_id is not null;
    -- Without RETURNING: the caller sees the project as its member, which comes next.
    insert into public.projects (id, name, description, team_id) values (v_id, p_name, p_description, p_team_id);
    insert into public.project_members (project_id, user_id) values (v_id, private.my_user_id());
    perform private.emit('project.created', v_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
    perform private.audit('project.create', v_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
    return (select p from public.projects p where p.id = v_id);
end;
$$;
comment on function public.create_project is
    'Create a project, in a team if one is named; the caller becomes its member. PT403 role_required, PT404 team_not_found.';
grant execute on function public.create_project to authenticated;
