create function public.read_team(p_team_id uuid)
returns public.teams
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_team(p_team_id);
    return (select t from public.teams t where t.id = p_team_id);
end;
$$;
comment on function public.read_team is 'One team. PT404 team_not_found.';
grant execute on function public.read_team to authenticated;
