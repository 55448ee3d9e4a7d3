create function public.list_projects(p_limit integer default 50, p_after uuid default null)
returns setof public.projects
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.* from public.projects p
     where p_after is null or p.id > p_after
     order by p.id limit least(p_limit, 1001)
$$;
comment on function public.list_projects is 'The projects the caller sees, by id.';
grant execute on function public.list_projects to authenticated;
