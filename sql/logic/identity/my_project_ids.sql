-- as: devos_lookup
create function private.my_project_ids()
returns uuid[]
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    -- Written out: every statement under the policies asks, and an agent's loop is a handful of them.
    v_agent uuid := nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'agent_id';
begin
    if v_agent is not null then
        return array(
            select ap.project_id from public.agents a join public.agent_projects ap on ap.agent_id = a.id
             where a.id = v_agent and a.is_active);
    end if;
    return private.project_ids_of(private.my_user_id());
end;
$$;
comment on function private.my_project_ids is 'The projects that the caller may see, as their member or a member of their team; empty for no one.';
grant execute on function private.my_project_ids to authenticated, agent, integration, devos_api;
