-- as: devos_lookup
create function private.count_tasks(p_project_ids uuid[], p_most integer)
returns table (kind text, state public.task_state, count integer)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select k.kind, s.state, sum(c.found)::integer
      from (select distinct l.project_id, l.kind from public.lanes l where l.project_id = any (p_project_ids)) k
     cross join unnest(enum_range(null::public.task_state)) as s (state)
     cross join lateral (
        select count(*) as found
          from (select from public.tasks t
                 where t.project_id = k.project_id and t.kind = k.kind and t.state = s.state limit p_most) counted) c
     group by k.kind, s.state having sum(c.found) > 0
     order by k.kind, s.state
$$;
comment on function private.count_tasks is
    'How many tasks of these projects there are by kind and state; of one project it counts no further than p_most each.';
grant execute on function private.count_tasks to devos_api;
