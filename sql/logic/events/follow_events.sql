create function public.follow_events(
    p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint,
    p_project_id uuid default null, p_subject_id uuid default null, p_limit integer default 500
) returns table (
    cursor text, type text, project_id uuid, subject_id uuid, actor_kind text, actor_id uuid, data jsonb, at timestamptz
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select f.xid || '.' || f.id, f.type, f.project_id, f.subject_id, f.actor_kind, f.actor_id, f.data, f.at
      from (
        -- Each project by its own index: what others do meanwhile is not waded through.
        select own.*
          from unnest(private.my_project_ids()) p
         cross join lateral (
            select * from public.events e
             where e.project_id = p
               and (e.xid, e.id) > (p_after_xid, p_after_id) and (e.xid, e.id) <= (p_until_xid, p_until_id)
             order by e.xid, e.id limit least(p_limit, 1000)) own
         where p_subject_id is null and (p_project_id is null or p = p_project_id)
        union all
        (select * from public.events e
          where p_subject_id is null and p_project_id is null and e.project_id is null
            and (e.xid, e.id) > (p_after_xid, p_after_id) and (e.xid, e.id) <= (p_until_xid, p_until_id)
          order by e.xid, e.id limit least(p_limit, 1000))
        union all
        (select * from public.events e
          where e.subject_id = p_subject_id and (p_project_id is null or e.project_id = p_project_id)
            and (e.xid, e.id) > (p_after_xid, p_after_id) and (e.xid, e.id) <= (p_until_xid, p_until_id)
          order by e.xid, e.id limit least(p_limit, 1000))) f
     where f.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by f.xid, f.id
     limit least(p_limit, 1000)
$$;
comment on function public.follow_events is
    'Events between two cursors, in commit order: of all projects and teams that the caller sees, of one project, or about one subject.';
grant execute on function public.follow_events to authenticated;
