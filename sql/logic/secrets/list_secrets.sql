create function public.list_secrets(
    p_project_id uuid, p_team_id uuid, p_limit integer default 50, p_after uuid default null
) returns setof public.secrets
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_secret_owner(p_project_id, p_team_id);
    return query
        select s.* from public.secrets s
         where (s.project_id = p_project_id or s.team_id = p_team_id) and (p_after is null or s.id > p_after)
         order by s.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_secrets is
    'The secrets of a project or of a team, without their values. PT403 role_required, PT404 project_not_found, team_not_found.';
grant execute on function public.list_secrets to authenticated;
