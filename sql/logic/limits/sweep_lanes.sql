-- as: devos_jobs
create function private.sweep_lanes()
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_locked bigint[];
    v_swept integer;
begin
    perform private.lock_lanes();
    -- Who creates a task in a lane of a key holds the lane until that is committed: such a lane is passed over here, and of the
    -- others the next statement sees every task.
    v_locked := array(
        select l.id from public.lanes l
         where l.concurrency_key is not null and not private.has_open_tasks(l)
         limit 1000 for update skip locked);
    delete from public.lanes l where l.id = any (v_locked) and not private.has_open_tasks(l);
    get diagnostics v_swept = row_count;
    delete from private.limit_rooms r
     where (r.limit_id, r.concurrency_key) in (
        select x.limit_id, x.concurrency_key from private.limit_rooms x
         where not exists (
            select from public.limits m
             where m.id = x.limit_id
               -- A window that passes may still count what began in it.
               and (coalesce((select max(s.at) from unnest(x.starts) as s (at)) > clock_timestamp() - interval '1 day', false)
                    -- A limit that counts something else now has other rooms.
                    or case when m.scope = 'key' then exists (
                                select from public.lanes l where l.project_id = m.project_id and l.concurrency_key = x.concurrency_key)
                            else x.concurrency_key = '' end))
         limit 1000 for update skip locked);
    return v_swept;
end;
$$;
comment on function private.sweep_lanes is
    'Job: forget lanes of concurrency keys that no open task uses, and what limits knew of such keys. Returns how many lanes.';
grant execute on function private.sweep_lanes to devos_worker;
