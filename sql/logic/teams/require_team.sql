create function private.require_team(p_team_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not coalesce(p_team_id = any (private.my_team_ids()), false) then
        perform private.fail(404, 'team_not_found', 'There is no such team.', 'List yours with GET /api/teams.');
    end if;
end;
$$;
comment on function private.require_team is 'PT404 team_not_found unless the caller sees the team.';
