-- A person sees the agents of their projects, an agent itself alone: inside our functions too.
create policy agents_select_member on public.agents for select to authenticated, devos_api
    using ((select private.my_agent_id()) is null and exists (
        select from public.agent_projects ap
         where ap.agent_id = agents.id and ap.project_id = any ((select private.my_project_ids())::uuid[])));
create policy agents_select_self on public.agents for select to agent, devos_api
    using (id = (select private.my_agent_id()));
create policy agents_select_lookup on public.agents for select to devos_lookup using (true);
create policy agents_select_jobs on public.agents for select to devos_jobs using (true);
create policy agents_insert_api on public.agents for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor');
create policy agents_insert_registration on public.agents for insert to devos_api
    with check (registration_token_id = (select private.my_registration_token()));
create policy agents_update_api on public.agents for update to devos_api
    using ((select public.get_my_role()) >= 'supervisor' and exists (
        select from public.agent_projects ap
         where ap.agent_id = agents.id and ap.project_id = any ((select private.my_project_ids())::uuid[])));
grant select on public.agents to authenticated, agent, devos_api, devos_lookup, devos_jobs;
grant insert, update on public.agents to devos_api;

create policy agent_projects_select_member on public.agent_projects for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy agent_projects_select_self on public.agent_projects for select to agent
    using (agent_id = (select private.my_agent_id()));
create policy agent_projects_select_lookup on public.agent_projects for select to devos_lookup using (true);
create policy agent_projects_select_jobs on public.agent_projects for select to devos_jobs using (true);
create policy agent_projects_insert_api on public.agent_projects for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor'
        and project_id = any ((select private.my_project_ids())::uuid[]));
create policy agent_projects_insert_registration on public.agent_projects for insert to devos_api
    with check (project_id = any ((select private.my_registration_projects())::uuid[]));
create policy agent_projects_delete_api on public.agent_projects for delete to devos_api
    using ((select public.get_my_role()) >= 'supervisor'
        and project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.agent_projects to authenticated, agent, devos_api, devos_lookup, devos_jobs;
grant insert, delete on public.agent_projects to devos_api;

create policy agent_heartbeats_select_member on public.agent_heartbeats for select to authenticated
    using (exists (select from public.agents a where a.id = agent_heartbeats.agent_id));
create policy agent_heartbeats_select_self on public.agent_heartbeats for select to agent, devos_api
    using (agent_id = (select private.my_agent_id())
        or exists (select from public.agents a where a.id = agent_heartbeats.agent_id));
create policy agent_heartbeats_insert_self on public.agent_heartbeats for insert to devos_api
    with check (agent_id = (select private.my_agent_id()));
create policy agent_heartbeats_update_self on public.agent_heartbeats for update to devos_api
    using (agent_id = (select private.my_agent_id()));
create policy agent_heartbeats_all_jobs on public.agent_heartbeats for all to devos_jobs using (true) with check (true);
grant select on public.agent_heartbeats to authenticated, agent, devos_api, devos_jobs;
grant insert, update on public.agent_heartbeats to devos_api, devos_jobs;

create policy agent_keys_select_lookup on private.agent_keys for select to devos_lookup using (true);
create policy agent_keys_select_api on private.agent_keys for select to devos_api
    using (exists (select from public.agents a where a.id = agent_keys.agent_id));
create policy agent_keys_insert_api on private.agent_keys for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor' or agent_id = (select private.my_agent_id()));
create policy agent_keys_update_api on private.agent_keys for update to devos_api
    using (agent_id = (select private.my_agent_id())
        or ((select public.get_my_role()) >= 'supervisor'
            and exists (select from public.agents a where a.id = agent_keys.agent_id)));
grant select on private.agent_keys to devos_lookup, devos_api;
grant insert, update on private.agent_keys to devos_api;
