-- as: devos_jobs
create function private.index_tasks(p_limit integer default 2000)
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_from private.task_search_position;
    v_events integer;
    v_xid xid8;
    v_id bigint;
    v_ids uuid[];
begin
    select * into v_from from private.task_search_position;
    -- Before anything is locked: with nothing to do, nothing is written. In order, or it would not be by the index.
    perform from public.events e
      where (e.xid, e.id) > (v_from.xid, v_from.id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid, e.id limit 1;
    if not found then
        return 0;
    end if;
    select * into v_from from private.task_search_position for update;
    -- Below the oldest running transaction nothing can still appear, so no task is passed over.
    with read as (
        select e.xid, e.id, e.type, e.subject_id from public.events e
         where (e.xid, e.id) > (v_from.xid, v_from.id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
         order by e.xid, e.id limit p_limit
    )
    select count(*), array_agg(distinct r.subject_id) filter (where r.type in ('task.created', 'task.updated', 'task.deleted')),
           (array_agg(r.xid order by r.xid desc))[1], (array_agg(r.id order by r.xid desc, r.id desc))[1]
      into v_events, v_ids, v_xid, v_id
      from read r;
    if v_events = 0 then
        return 0;
    end if;
    update private.task_search_position set xid = v_xid, id = v_id;
    delete from private.task_search s
     where s.task_id = any (v_ids) and not exists (select from public.tasks t where t.id = s.task_id);
    insert into private.task_search (task_id, document)
    select t.id, to_tsvector('simple', t.title || ' ' || t.description)
                 -- As private.task_query asks for them. Cut, because an entry of a text index has an end, and a tag in SQL none.
                 || array_to_tsvector(array(select 'tag ' || left(g.tag, 100) from unnest(t.tags) as g (tag))
                                      || ('project ' || t.project_id))
      from public.tasks t where t.id = any (v_ids)
    on conflict (task_id) do update set document = excluded.document;
    return v_events;
end;
$$;
comment on function private.index_tasks is
    'Job: take the words and tags of new and edited tasks into the search, told by their events. Returns how many events it read.';
grant execute on function private.index_tasks to devos_worker;
