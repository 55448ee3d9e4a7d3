create function public.agent_exchange(
    p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer
) returns json
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.authenticate_agent(p_key_id, p_key_hash);
    v_results json := '[]';
    v_tasks json;
    v_noted boolean;
begin
    if v_agent is null then
        return null;
    end if;
    -- From here on the policies see this agent, as they would if the request had come with its role.
    perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_agent), true);
    v_noted := private.touch_agent(v_agent);
    if jsonb_array_length(p_items) > 0 then
        v_results := private.finish_tasks(v_agent, p_items);
    end if;
    v_tasks := private.claim_for(v_agent, p_kinds, p_wanted, p_lease_seconds);
    -- Where limits count, the claim has looked before it locked their rooms.
    if v_noted and not exists (
        select from public.agent_lanes al where al.agent_id = v_agent and al.is_limited and al.kind = any (p_kinds)
    ) then
        -- Busy agents never find nothing: every five seconds each of them looks too. Last, so that nobody waits with these locks.
        perform private.reap_unasked();
    end if;
    return json_build_object('tasks', v_tasks, 'results', v_results);
end;
$$;
comment on function public.agent_exchange is
    'The agent''s call in one trip: authenticate, finish what is sent, claim what fits. Null for a key that is not valid.';
grant execute on function public.agent_exchange to devos_login;
