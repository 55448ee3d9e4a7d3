-- as: devos_jobs
create function private.count_running(p_limit public.limits, p_key text, p_most integer)
returns integer
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if p_limit.scope = 'key' then
        return (select count(*) from (
            select from public.tasks t
             where t.project_id = p_limit.project_id and t.concurrency_key = p_key and t.state = 'running'
               and (p_limit.kind is null or t.kind = p_limit.kind) limit p_most) r);
    end if;
    return (select count(*) from (
        select from (select p_limit.kind where p_limit.kind is not null
                     union all
                     select private.kinds_in(p_limit.project_id) where p_limit.kind is null) as k (kind)
         cross join lateral (
            select from public.tasks t
             where t.project_id = p_limit.project_id and t.kind = k.kind and t.state between 'running' and 'running'
             order by t.state, t.priority, t.id limit p_most) r
         limit p_most) r);
end;
$$;
comment on function private.count_running is
    'How many tasks that a limit counts are running, under a key where it is one on keys; no further than p_most. They are counted and
not kept in a counter: whatever ends a lease makes room.';
grant execute on function private.count_running to devos_api;
