-- as: devos_jobs
create function private.touch_agent(p_agent_id uuid)
returns boolean
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- Often called: it writes only when the last mark is old enough to matter.
    if exists (select from public.agent_heartbeats h
                where h.agent_id = p_agent_id and h.seen_at >= statement_timestamp() - interval '5 seconds') then
        return false;
    end if;
    insert into public.agent_heartbeats as h (agent_id, seen_at) values (p_agent_id, statement_timestamp())
    on conflict (agent_id) do update set seen_at = excluded.seen_at;
    return true;
end;
$$;
comment on function private.touch_agent is 'Note that an agent was heard, at most every five seconds; whether it was noted now.';
grant execute on function private.touch_agent to devos_api;
