create function public.list_logs(
    p_project_id uuid, p_limit integer default 100, p_before bigint default null, p_levels text[] default null,
    p_since timestamptz default null, p_until timestamptz default null
) returns setof public.task_logs
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select l.* from public.task_logs l
     where l.project_id = p_project_id
       and l.id < coalesce(p_before, 9223372036854775807)
       and (p_levels is null or l.level = any (p_levels))
       and l.at >= coalesce(p_since, '-infinity') and l.at < coalesce(p_until, 'infinity')
     order by l.id desc limit least(p_limit, 1001)
$$;
comment on function public.list_logs is 'Log lines of all tasks of a project, newest first.';
grant execute on function public.list_logs to authenticated;
