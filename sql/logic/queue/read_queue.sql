create function public.read_queue(p_project_id uuid default null)
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_projects uuid[] := private.my_project_ids();
    v_queue jsonb;
begin
    if p_project_id is not null then
        perform private.require_project(array[p_project_id]);
        v_projects := array[p_project_id];
    end if;
    with found as materialized (
        select * from private.count_queue(v_projects)
    ), per_kind as (
        select f.kind, jsonb_object_agg(f.place, f.tasks) as places, min(f.oldest) as oldest
          from (select g.kind, g.place, sum(g.tasks) as tasks, min(g.oldest) as oldest from found g group by 1, 2) f
         group by f.kind
    ), ended as materialized (
        select * from private.count_attempts(v_projects)
    )
    select '{"due": 0, "delayed": 0, "waiting": 0, "running": 0, "expired": 0, "needs_qa": 0, "blocked": 0, "failed": 0,
             "outbox": null, "stuck": null, "tables": null}'::jsonb
           || jsonb_build_object(
               'at', statement_timestamp(),
               'exact', coalesce((select bool_and(f.exact) from found f), true) and coalesce((select bool_and(e.exact) from ended e), true),
               'oldest_due_seconds', (select extract(epoch from statement_timestamp() - min(f.oldest)) from found f),
               'blocked_by', (select coalesce(jsonb_object_agg(b.reason, b.tasks), '{}')
                                from (select f.reason, sum(f.tasks) as tasks from found f where f.place = 'blocked' group by 1) b),
               'kinds', (select coalesce(jsonb_agg(k.places || jsonb_build_object('kind', k.kind,
                                    'oldest_due_seconds', extract(epoch from statement_timestamp() - k.oldest)) order by k.kind), '[]')
                           from per_kind k),
               'last_minute', (select coalesce(jsonb_object_agg(e.outcome, e.attempts), '{}') from ended e where e.span = 'minute'),
               'last_hour', (select coalesce(jsonb_object_agg(e.outcome, e.attempts), '{}') from ended e where e.span = 'hour'),
               'agents', (select coalesce(jsonb_object_agg(a.state, a.agents), '{}')
                            from (select l.state, count(*) as agents
                                    from public.list_agents(p_project_id => p_project_id, p_limit => 1000) l group by 1) a))
           || (select coalesce(jsonb_object_agg(f.place, f.tasks), '{}')
                 from (select g.place, sum(g.tasks) as tasks from found g group by 1) f)
      into v_queue;
    if public.get_my_role() = 'admin' then
        v_queue := v_queue || private.examine_queue();
    end if;
    return v_queue;
end;
$$;
comment on function public.read_queue is
    'How the queue stands: what is due, delayed, waiting, running, expired, blocked or failed, in all and by kind; what was done; which
agents there are; for admins the outbox and the hot tables. PT404 project_not_found.';
grant execute on function public.read_queue to authenticated;
