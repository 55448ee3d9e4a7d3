create function public.rotate_agent_key(
    p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := statement_timestamp();
begin
    if private.my_agent_id() is null then
        perform private.require_whole_agent(p_agent_id);
    else
        perform private.require_agent_seen(p_agent_id);
    end if;
    -- Two rotations take turns, or each would leave the other's key alive.
    perform from public.agents a where a.id = p_agent_id for no key update;
    if exists (select from private.agent_keys k
                where k.id = private.claims() ->> 'key_id' and k.agent_id = p_agent_id and k.expires_at is not null) then
        perform private.fail(403, 'key_rotated_away', 'This key was rotated away; it makes no other.', 'Use the newer one.');
    end if;
    if not coalesce(p_overlap_seconds between 0 and 604800, false) then
        perform private.fail(422, 'invalid_overlap', 'The old key may go on for 0 to 604800 seconds.');
    end if;
    update private.agent_keys k
       set expires_at = least(k.expires_at, v_now + p_overlap_seconds * interval '1 second')
     where k.agent_id = p_agent_id and k.revoked_at is null;
    insert into private.agent_keys (id, agent_id, key_hash) values (p_key_id, p_agent_id, p_key_hash);
    perform private.note_agent('agent.rotate_key', 'agent.key_rotated', p_agent_id,
        jsonb_build_object('overlap_seconds', p_overlap_seconds, 'key_id', p_key_id));
    return public.read_agent(p_agent_id);
end;
$$;
comment on function public.rotate_agent_key is
    'A new key for an agent, asked for by the agent itself or its supervisor; the old ones go on for the overlap. PT403 role_required,
agent_shared, key_rotated_away, PT404 agent_not_found, PT422 invalid_overlap.';
grant execute on function public.rotate_agent_key to authenticated, agent;
