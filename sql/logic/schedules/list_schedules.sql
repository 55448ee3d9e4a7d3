create function public.list_schedules(p_project_id uuid default null, p_limit integer default 50, p_after uuid default null)
returns setof public.schedules
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select s.* from public.schedules s
     where (p_project_id is null or s.project_id = p_project_id) and (p_after is null or s.id > p_after)
     order by s.id limit least(p_limit, 1001)
$$;
comment on function public.list_schedules is 'The schedules of the caller''s projects, or of one of them, by id.';
grant execute on function public.list_schedules to authenticated;
