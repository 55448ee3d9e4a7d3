create policy lanes_select_member on public.lanes for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy lanes_select_lookup on public.lanes for select to devos_lookup using (true);
create policy lanes_insert_api on public.lanes for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy lanes_update_api on public.lanes for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy lanes_all_jobs on public.lanes for all to devos_jobs using (true) with check (true);
grant select on public.lanes to authenticated, devos_api, devos_lookup, devos_jobs;
grant insert, update on public.lanes to devos_api, devos_jobs;
grant delete on public.lanes to devos_jobs;

create policy agent_lanes_select_member on public.agent_lanes for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy agent_lanes_insert_api on public.agent_lanes for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy agent_lanes_update_api on public.agent_lanes for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy agent_lanes_delete_api on public.agent_lanes for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy agent_lanes_all_jobs on public.agent_lanes for all to devos_jobs using (true) with check (true);
grant select on public.agent_lanes to authenticated, devos_api, devos_jobs;
grant insert on public.agent_lanes to devos_api, devos_jobs;
grant update, delete on public.agent_lanes to devos_api;
grant update on public.agent_lanes to devos_jobs;
