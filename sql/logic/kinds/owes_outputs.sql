create function private.owes_outputs(p_key_id text, p_key_hash bytea)
returns boolean
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.authenticate_agent(p_key_id, p_key_hash);
begin
    perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_agent), true) where v_agent is not null;
    return exists (
        select from public.agent_lanes al
          join public.lanes l on l.id = al.lane_id
         cross join lateral private.kinds_of(l.project_id, l.kind) k
         where al.agent_id = v_agent and k.output_schema is not null);
end;
$$;
comment on function private.owes_outputs is
    'Whether any work that the agent of this key may take is of a kind that says what a result looks like.';
grant execute on function private.owes_outputs to devos_login;
