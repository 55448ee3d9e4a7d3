create function public.delete_team(p_team_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    -- The reference of its projects refuses it, also while one is just being given to the team.
    delete from public.teams t where t.id = p_team_id;
    perform private.emit('team.deleted', null, p_team_id);
    perform private.audit('team.delete', null, p_team_id);
end;
$$;
comment on function public.delete_team is
    'Delete a team without projects. PT403 role_required, PT404 team_not_found; 409 team_in_use.';
grant execute on function public.delete_team to authenticated;
