-- as: devos_jobs
create function private.keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean default false)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid;
    v_allowed boolean;
begin
    select k.agent_id, a.broker_allowed into v_agent, v_allowed
      from private.agent_keys k join public.agents a on a.id = k.agent_id and a.is_active
     where k.id = p_agent_key_id and k.revoked_at is null and coalesce(k.expires_at > statement_timestamp(), true);
    if not coalesce(v_allowed, false) then
        perform private.fail(403, 'broker_not_allowed', 'This agent may not wait at the broker.',
            'Wait by long poll, or ask an admin for PUT /api/agents/{id}/broker.');
    end if;
    insert into private.broker_users as u (agent_key_id, agent_id, key_id, sealed)
    values (p_agent_key_id, v_agent, p_key_id, p_sealed)
    on conflict (agent_key_id) do update set key_id = excluded.key_id, sealed = excluded.sealed, lanes = null where p_replace;
    return (select jsonb_build_object('key_id', u.key_id, 'sealed', encode(u.sealed, 'base64'),
                       'lanes', coalesce(f.lanes, '{}'))
              from private.broker_users u left join private.broker_lanes() f on f.agent_id = u.agent_id where u.agent_key_id = p_agent_key_id);
end;
$$;
comment on function private.keep_broker_user is
    'The sealed password by which an agent key waits at the broker, and its lanes. The API offers one: it is kept where there is none,
or where p_replace says that the old one opens no more. PT403 broker_not_allowed.';
grant execute on function private.keep_broker_user to devos_login;
