create function public.update_team(p_team_id uuid, p_name text, p_version integer default null)
returns public.teams
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_team public.teams;
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    update public.teams t set name = p_name, version = t.version + 1
     where t.id = p_team_id and t.version = coalesce(p_version, t.version)
    returning * into v_team;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('team.updated', null, p_team_id, jsonb_build_object('name', p_name, 'version', v_team.version));
    perform private.audit('team.update', null, p_team_id, jsonb_build_object('name', p_name));
    return v_team;
end;
$$;
comment on function public.update_team is
    'Rename a team; p_version is the one that was read, null for whichever it is. PT403 role_required, PT404 team_not_found,
PT412 version_changed.';
grant execute on function public.update_team to authenticated;
