create function public.explain_wait(p_task_id uuid)
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := public.read_task(p_task_id);
begin
    if v_task.state <> 'pending' then
        return '[]';
    end if;
    return coalesce((
        select jsonb_agg(w.reason order by w.nr)
          from (
            select 1 as nr, jsonb_build_object('what', 'dependencies', 'count', v_task.open_dependencies) as reason
             where v_task.open_dependencies > 0
            union all
            select 2, jsonb_build_object('what', 'time', 'until', v_task.run_at) where v_task.run_at > statement_timestamp()
            union all
            select 3, jsonb_build_object('what', 'limit', 'limit_id', m.id, 'name', m.name, 'until',
                       private.room_until(m, substr(r.room, 38)))
              from private.rooms_of(v_task.lane_id) r join public.limits m on m.id = r.limit_id
             where private.room_left(r.room, 1) = 0) w), '[]');
end;
$$;
comment on function public.explain_wait is
    'What a pending task waits for besides an agent: [{what: dependencies | time | limit, …}]. PT404 task_not_found.';
grant execute on function public.explain_wait to authenticated;
