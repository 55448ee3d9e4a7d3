create policy service_registry_select_member on public.service_registry for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy service_registry_insert_api on public.service_registry for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[])
        and (select public.get_my_role()) >= 'supervisor');
create policy service_registry_update_api on public.service_registry for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.service_registry to authenticated, devos_api;
grant insert, update on public.service_registry to devos_api;

create policy service_charges_select_member on public.service_charges for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy service_charges_select_own on public.service_charges for select to agent
    using (agent_id = (select private.my_agent_id()));
create policy service_charges_insert_api on public.service_charges for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.service_charges to authenticated, agent, devos_api;
grant insert on public.service_charges to devos_api;
