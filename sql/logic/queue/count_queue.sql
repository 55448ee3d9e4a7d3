-- as: devos_lookup
create function private.count_queue(p_project_ids uuid[])
returns table (kind text, place text, reason text, tasks bigint, oldest timestamptz, exact boolean)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    -- For each lane or kind, so that a queue of a million costs what one of five thousand does.
    v_most constant integer := (
        select greatest(100, least(5000, 5000 / greatest(count(*), 1))) from public.lanes l
         where l.project_id = any (p_project_ids));
begin
    return query
        with found as (
            select l.kind, 'due' as place, null::text as reason, c.tasks, null::timestamptz as oldest
              from public.lanes l
             cross join lateral (
                select count(*) as tasks
                  from (select from generate_series(1, 4) as p (priority)
                         cross join lateral (
                            select from public.tasks t
                             where t.lane_id = l.id and t.queue_priority = p.priority and t.state = 'pending'
                               and t.open_dependencies = 0 and t.run_at <= statement_timestamp()
                             order by t.run_at limit v_most) d
                         limit v_most) q) c
             where l.project_id = any (p_project_ids)
            union all
            select l.kind, 'due', null, 0, o.run_at
              from public.lanes l cross join generate_series(1, 4) as p (priority)
             cross join lateral (
                select t.run_at from public.tasks t
                 where t.lane_id = l.id and t.queue_priority = p.priority and t.state = 'pending'
                   and t.open_dependencies = 0 and t.run_at <= statement_timestamp()
                 order by t.run_at limit 1) o
             where l.project_id = any (p_project_ids)
            union all
            select l.kind, 'delayed', null, c.tasks, null
              from public.lanes l
             cross join lateral (
                select count(*) as tasks
                  from (select from generate_series(1, 4) as p (priority)
                         cross join lateral (
                            select from public.tasks t
                             where t.lane_id = l.id and t.queue_priority = p.priority and t.state = 'pending'
                               and t.open_dependencies = 0 and t.run_at > statement_timestamp()
                             limit v_most) d
                         limit v_most) q) c
             where l.project_id = any (p_project_ids)
            union all
            select w.kind, 'waiting', null, count(*), null
              from unnest(p_project_ids) as p (id)
             cross join lateral (
                select t.kind from public.tasks t
                 where t.project_id = p.id and t.state = 'pending' and t.open_dependencies > 0 limit v_most) w
             group by p.id, w.kind
            union all
            -- Counted in the index of lists; only of what is held or blocked the rows are read. A range, in order: only that
            -- index gives both, whatever the statistics say of the states.
            select k.kind, s.state::text, null, c.tasks, null
              from (select distinct l.project_id, l.kind from public.lanes l where l.project_id = any (p_project_ids)) k
             cross join unnest('{needs_qa,failed}'::public.task_state[]) as s (state)
             cross join lateral (
                select count(*) as tasks
                  from (select from public.tasks t
                         where t.project_id = k.project_id and t.kind = k.kind and t.state between s.state and s.state
                         order by t.state, t.priority, t.id limit v_most) q) c
            union all
            select k.kind, case when h.lease_expires_at <= statement_timestamp() then 'expired' else s.state::text end,
                   h.blocked_reason, count(*), null
              from (select distinct l.project_id, l.kind from public.lanes l where l.project_id = any (p_project_ids)) k
             cross join unnest('{running,blocked}'::public.task_state[]) as s (state)
             cross join lateral (
                select t.blocked_reason, t.lease_expires_at from public.tasks t
                 where t.project_id = k.project_id and t.kind = k.kind and t.state between s.state and s.state
                 order by t.state, t.priority, t.id limit v_most) h
             group by k.project_id, 1, 2, 3
        )
        select f.kind, f.place, f.reason, sum(f.tasks)::bigint, min(f.oldest), bool_and(f.tasks < v_most)
          from found f group by f.kind, f.place, f.reason having sum(f.tasks) > 0;
end;
$$;
comment on function private.count_queue is
    'How many tasks of these projects are due, delayed, waiting for others, running, expired, blocked, in QA or failed, by kind. Counts
stop where they would take long: exact says whether one did. The caller names the projects that it may see.';
grant execute on function private.count_queue to devos_api;
