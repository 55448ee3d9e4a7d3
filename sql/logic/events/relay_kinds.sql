-- as: devos_jobs
create function private.relay_kinds()
returns text[]
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
    if v_kinds is not null then
        perform pg_notify('devos_tasks_ready', left(array_to_string(v_kinds, ','), 7900));
    end if;
    return coalesce(v_kinds, '{}');
end;
$$;
comment on function private.relay_kinds is
    'Job: tell every API copy, in one notification, for which kinds there is work, and answer them. A lost hint costs a poll interval.';
grant execute on function private.relay_kinds to devos_worker;
