-- as: devos_lookup
create function private.my_project_ids()
returns uuid[]
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.my_agent_id();
    v_user uuid;
begin
    if v_agent is not null then
        return array(select ap.project_id from public.agent_projects ap where ap.agent_id = v_agent);
    end if;
    v_user := private.my_user_id();
    if v_user is null then
        return '{}';
    end if;
    if public.get_my_role() = 'admin' then
        return array(select p.id from public.projects p);
    end if;
    return array(
        select m.project_id from public.project_members m where m.user_id = v_user
         union
        select p.id from public.team_members m join public.projects p on p.team_id = m.team_id where m.user_id = v_user);
end;
$$;
comment on function private.my_project_ids is 'The projects that the caller may see, as their member or a member of their team; empty for no one.';
grant execute on function private.my_project_ids to authenticated, agent, integration, devos_api;
