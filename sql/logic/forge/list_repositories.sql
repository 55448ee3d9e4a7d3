create function public.list_repositories(p_project_id uuid default null, p_limit integer default 50, p_after uuid default null)
returns setof public.repositories
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select r.* from public.repositories r
     where (p_project_id is null or r.project_id = p_project_id) and (p_after is null or r.id > p_after)
     order by r.id limit least(p_limit, 1001)
$$;
comment on function public.list_repositories is 'Repositories of the caller''s projects.';
grant execute on function public.list_repositories to authenticated;
