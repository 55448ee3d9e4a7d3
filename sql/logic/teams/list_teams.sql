create function public.list_teams(p_limit integer default 50, p_after uuid default null)
returns setof public.teams
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select t.* from public.teams t
     where p_after is null or t.id > p_after
     order by t.id limit least(p_limit, 1001)
$$;
comment on function public.list_teams is 'The teams the caller sees, by id.';
grant execute on function public.list_teams to authenticated;
