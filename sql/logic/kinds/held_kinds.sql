create function private.held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[])
returns table (task_id uuid, project_id uuid, name text)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.authenticate_agent(p_key_id, p_key_hash);
begin
    perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_agent), true) where v_agent is not null;
    return query
        select t.id, t.project_id, t.kind::text from public.tasks t where t.id = any (p_task_ids) and t.agent_id = v_agent;
end;
$$;
comment on function private.held_kinds is 'Of which kinds the tasks are that the agent of this key holds.';
grant execute on function private.held_kinds to devos_login;
