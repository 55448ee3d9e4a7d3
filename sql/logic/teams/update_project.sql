create function public.update_project(
    p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer default null
) returns public.projects
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_before public.projects;
    v_project public.projects;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    select * into v_before from public.projects p where p.id = p_project_id for no key update;
    -- Who names the team that the project is in changes nothing, and need not be its member.
    perform private.require_team(p_team_id) where p_team_id is distinct from v_before.team_id and p_team_id is not null;
    if v_before.team_id is distinct from p_team_id and v_before.team_id <> all (private.my_team_ids()) then
        perform private.fail(403, 'project_of_other_team', 'The project belongs to a team that is not yours.',
            'Ask one of its members, or an admin.');
    end if;
    update public.projects p
       set name = p_name, description = p_description, team_id = p_team_id, version = p.version + 1
     where p.id = p_project_id and p.version = coalesce(p_version, p.version)
    returning * into v_project;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('project.updated', p_project_id, p_project_id, jsonb_build_object(
        'name', p_name, 'team_id', p_team_id, 'version', v_project.version));
    perform private.audit('project.update', p_project_id, p_project_id, jsonb_build_object(
        'from', jsonb_build_object('name', v_before.name, 'team_id', v_before.team_id),
        'to', jsonb_build_object('name', p_name, 'team_id', p_team_id)));
    return v_project;
end;
$$;
comment on function public.update_project is
    'Change a project''s name, description and team; p_version is the one that was read, null for whichever it is.
PT403 role_required, project_of_other_team, PT404 project_not_found, team_not_found, PT412 version_changed.';
grant execute on function public.update_project to authenticated;
