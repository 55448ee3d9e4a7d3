-- as: devos_jobs
create function private.touch_agents(p_ids uuid[])
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    -- In one order, so that two copies of the API do not wait for each other.
    insert into public.agent_heartbeats (agent_id, seen_at)
    select a.id, statement_timestamp() from public.agents a where a.id = any (p_ids) order by a.id
    on conflict (agent_id) do update set seen_at = excluded.seen_at
     where agent_heartbeats.seen_at < excluded.seen_at - interval '5 seconds'
$$;
comment on function private.touch_agents is
    'Note in one statement which agents were heard, each at most every five seconds. The API calls it with whom it authenticated.';
grant execute on function private.touch_agents to devos_login;
