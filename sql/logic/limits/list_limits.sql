create function public.list_limits(p_project_id uuid default null, p_limit integer default 50, p_after uuid default null)
returns setof public.limits
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select m.* from public.limits m
     where (p_project_id is null or m.project_id = p_project_id) and (p_after is null or m.id > p_after)
     order by m.id limit least(p_limit, 1001)
$$;
comment on function public.list_limits is 'The limits of the caller''s projects, or of one of them, by id.';
grant execute on function public.list_limits to authenticated;
