-- as: devos_jobs
create function private.age_tasks()
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_risen integer;
begin
    with due as (
        select d.id, d.level
          from public.projects p
          join public.lanes l on l.project_id = p.id
         -- Once the time: MEDIUM; twice: HIGH; three times: CRITICAL. So the front of a queue is what is due, and nothing else.
         cross join generate_series(2, 4) as q (level)
         cross join lateral (
            select t.id, q.level - 1 as level from public.tasks t
             where t.lane_id = l.id and t.queue_priority = q.level and t.state = 'pending' and t.open_dependencies = 0
               and t.run_at <= statement_timestamp() - p.ageing_seconds * (5 - q.level) * interval '1 second'
             order by t.run_at, t.id limit 1000 for update skip locked) d
         where p.ageing_seconds is not null
         limit 1000
    )
    update public.tasks t set queue_priority = d.level from due d where t.id = d.id;
    get diagnostics v_risen = row_count;
    return v_risen;
end;
$$;
comment on function private.age_tasks is
    'Job: in projects with ageing, claim what has waited long before what is younger; the priority that people see stays. Returns
how many tasks rose by one level.';
grant execute on function private.age_tasks to devos_worker;
