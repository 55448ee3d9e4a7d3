-- as: devos_jobs
create function private.keys_to_wake(p_waiting jsonb)
returns text[]
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- The worker, which does so by the second, may be away.
    perform private.reap_unasked();
    return (
        -- Once for all who wait: where nothing is due, nobody's lanes are looked at.
        with due as materialized (
            select l.id, l.kind from public.lanes l
             where exists (
                select from generate_series(1, 4) as p (priority)
                 cross join lateral (
                    select from public.tasks q
                     where q.lane_id = l.id and q.queue_priority = p.priority and q.state = 'pending'
                       and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
                     limit 1) first)
        )
        select coalesce(array_agg(distinct s.key_id), '{}')
          from jsonb_to_recordset(p_waiting) as w (kinds text[], keys text[])
         cross join unnest(w.keys) as s (key_id)
          left join (private.agent_keys k join public.agents a on a.id = k.agent_id and a.is_active)
                 on k.id = s.key_id and k.revoked_at is null and coalesce(k.expires_at > statement_timestamp(), true)
         where a.id is null
            or exists (select from due d join public.agent_lanes al on al.lane_id = d.id
                        where d.kind = any (w.kinds) and al.agent_id = a.id));
end;
$$;
comment on function private.keys_to_wake is
    'Of those who wait, as [{kinds, keys}], the agent keys for which there is work that is due, and those that have ended. One look of an
API copy for all its waiters; it takes tasks back from silent agents, too.';
grant execute on function private.keys_to_wake to devos_login;
