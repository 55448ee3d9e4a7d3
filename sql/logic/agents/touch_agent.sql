create function private.touch_agent(p_agent_id uuid)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Often called: it writes only when the last mark is old enough to matter.
    update public.agent_heartbeats h set seen_at = statement_timestamp()
     where h.agent_id = p_agent_id and h.seen_at < statement_timestamp() - interval '5 seconds';
    if found then
        return true;
    end if;
    insert into public.agent_heartbeats (agent_id, seen_at) values (p_agent_id, statement_timestamp())
    on conflict (agent_id) do nothing;
    return found;
end;
$$;
comment on function private.touch_agent is 'Note that an agent was heard, at most every five seconds; whether it was noted now.';
