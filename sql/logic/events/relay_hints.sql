-- as: devos_jobs
create function private.relay_hints()
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_kinds text[];
begin
    with gone as (
        delete from private.outbox o
         where o.id = any (array(
            select d.id from private.outbox d where d.topic = 'tasks.ready' order by d.id limit 1000 for update skip locked))
        returning o.payload ->> 'kind' as kind
    )
    select array_agg(distinct kind) into v_kinds from gone;
    if v_kinds is null then
        return 0;
    end if;
    perform pg_notify('devos_tasks_ready', left(array_to_string(v_kinds, ','), 7900));
    return cardinality(v_kinds);
end;
$$;
comment on function private.relay_hints is
    'Job: tell every API copy, in one notification, for which kinds there is work. A lost hint costs a poll interval.';
grant execute on function private.relay_hints to devos_worker;
