-- as: devos_lookup
create function private.read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'events', coalesce((
            select jsonb_agg(to_jsonb(found) order by found.xid, found.id) from (
                select e.xid, e.id, e.xid || '.' || e.id as cursor, e.type, e.project_id, e.subject_id, e.actor_kind,
                       e.actor_id, e.data, e.at
                  from public.events e
                 where (e.xid, e.id) > (p_after_xid, p_after_id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
                 order by e.xid, e.id
                 limit least(p_limit, 1000)) found), '[]'),
        -- Not held back by who still runs: somebody who is out must see nothing that was committed after that.
        'access', coalesce((
            select jsonb_agg(e.id) from public.events e
             where (e.xid, e.id) > (p_after_xid, p_after_id)
               and (e.type like 'project.%' or e.type like 'team.%' or e.type like 'user.%' or e.type like 'invitation.%')), '[]'))
$$;
comment on function private.read_feed is
    'Events of all projects after a cursor, in commit order, for an API process that reads them once and shows each caller its own;
and the ids of all committed events after it that may change who sees what.';
grant execute on function private.read_feed to devos_login;
