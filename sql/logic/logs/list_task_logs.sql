create function public.list_task_logs(
    p_task_id uuid, p_limit integer default 100, p_after bigint default 0, p_before bigint default null,
    p_levels text[] default null, p_attempt integer default null, p_search text default null,
    p_newest_first boolean default false
) returns setof public.task_logs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := least(p_limit, 1001);
    v_before constant bigint := coalesce(p_before, 9223372036854775807);
    v_mark public.task_logs;
    v_found integer;
begin
    perform public.read_task(p_task_id);
    -- Whatever is asked for may be among the lines that were not kept, so this one is no matter of filters.
    select c.mark_id, c.task_id, c.project_id, c.mark_attempt, 'warning',
           format('log limit reached: %s more %s not kept', c.dropped, case c.dropped when 1 then 'line was' else 'lines were' end),
           c.marked_at
      into v_mark
      from public.task_log_counts c
     where c.task_id = p_task_id and c.mark_id > p_after and c.mark_id < v_before;
    if p_newest_first then
        if v_mark.id is not null then
            return next v_mark;
        end if;
        return query
            select l.* from public.task_logs l
             where l.task_id = p_task_id and l.id > p_after and l.id < v_before
               and (p_levels is null or l.level = any (p_levels)) and (p_attempt is null or l.attempt = p_attempt)
               and (p_search is null or strpos(lower(l.message), lower(p_search)) > 0)
             order by l.id desc limit v_limit - (v_mark.id is not null)::integer;
        return;
    end if;
    return query
        select l.* from public.task_logs l
         where l.task_id = p_task_id and l.id > p_after and l.id < v_before
           and (p_levels is null or l.level = any (p_levels)) and (p_attempt is null or l.attempt = p_attempt)
           and (p_search is null or strpos(lower(l.message), lower(p_search)) > 0)
         order by l.id limit v_limit;
    get diagnostics v_found = row_count;
    if v_found < v_limit and v_mark.id is not null then
        return next v_mark;
    end if;
end;
$$;
comment on function public.list_task_logs is
    'Log lines of a task, in order, with those levels and that text in upper or lower case; at the end one that counts what was
not kept. PT404 task_not_found.';
grant execute on function public.list_task_logs to authenticated, agent;
