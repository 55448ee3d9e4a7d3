-- as: devos_jobs
create function private.wake_limited(p_project_ids uuid[])
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_kinds text[];
begin
    -- Of a limit on a project or on the keys of all kinds, whatever waits there may be next.
    select array_agg(distinct k.kind) into v_kinds
      from unnest(p_project_ids) as p (id)
      join public.limits m on m.project_id = p.id
     cross join lateral (select m.kind where m.kind is not null
                         union all
                         select private.kinds_in(m.project_id) where m.kind is null) as k (kind);
    if v_kinds is not null then
        perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_kinds) k));
    end if;
end;
$$;
comment on function private.wake_limited is 'Tasks that limits count have ended in these projects: tell those who wait for room.';
grant execute on function private.wake_limited to devos_api;
