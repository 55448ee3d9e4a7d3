create function public.list_events(
    p_project_id uuid, p_after_xid xid8 default '0', p_after_id bigint default 0, p_limit integer default 100
) returns table (cursor text, type text, project_id uuid, subject_id uuid, actor_kind text, actor_id uuid, data jsonb, at timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Below the oldest running transaction nothing can still appear, so a cursor never passes over an event.
    select e.xid || '.' || e.id, e.type, e.project_id, e.subject_id, e.actor_kind, e.actor_id, e.data, e.at
      from public.events e
     where e.project_id = p_project_id and (e.xid, e.id) > (p_after_xid, p_after_id)
       and e.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by e.xid, e.id
     limit least(p_limit, 1000)
$$;
comment on function public.list_events is 'Events of a project after a cursor, in commit order.';
grant execute on function public.list_events to authenticated;
