-- as: devos_lookup
create function private.authenticate_agent(p_key_id text, p_key_hash bytea)
returns uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select k.agent_id
      from private.agent_keys k
      join public.agents a on a.id = k.agent_id
     where k.id = p_key_id and k.key_hash = p_key_hash and a.is_active
       and k.revoked_at is null and coalesce(k.expires_at > statement_timestamp(), true)
$$;
comment on function private.authenticate_agent is
    'The active agent that a living key belongs to; null for an unknown, wrong, revoked or expired key and a deactivated agent.';
grant execute on function private.authenticate_agent to devos_login, devos_api;
