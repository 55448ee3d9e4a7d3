create function private.require_secret_owner(p_project_id uuid, p_team_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    if p_team_id is not null then
        perform private.require_team(p_team_id);
    end if;
    if p_project_id is not null or p_team_id is null then
        perform private.require_project(array[p_project_id]);
    end if;
end;
$$;
comment on function private.require_secret_owner is
    'PT403 role_required, PT404 project_not_found or team_not_found unless the caller may keep the secrets of this project or team.';
