create policy projects_select_member on public.projects for select to authenticated, devos_api
    using (id = any ((select private.my_project_ids())::uuid[]));
create policy projects_select_lookup on public.projects for select to devos_lookup using (true);
create policy projects_select_jobs on public.projects for select to devos_jobs using (true);
create policy projects_insert_api on public.projects for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor');
create policy projects_update_api on public.projects for update to devos_api
    using (id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy projects_delete_api on public.projects for delete to devos_api
    using (id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
grant select on public.projects to authenticated, devos_api, devos_lookup, devos_jobs;
grant insert, update, delete on public.projects to devos_api;

create policy project_members_select_member on public.project_members for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy project_members_select_lookup on public.project_members for select to devos_lookup using (true);
create policy project_members_insert_api on public.project_members for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor');
create policy project_members_delete_api on public.project_members for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
grant select on public.project_members to authenticated, devos_api, devos_lookup;
grant insert, delete on public.project_members to devos_api;
