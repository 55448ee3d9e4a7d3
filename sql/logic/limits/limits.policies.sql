create policy limits_select_member on public.limits for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy limits_insert_api on public.limits for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy limits_update_api on public.limits for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy limits_delete_api on public.limits for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy limits_select_jobs on public.limits for select to devos_jobs using (true);
grant select on public.limits to authenticated, devos_api, devos_jobs;
grant insert, update, delete on public.limits to devos_api;

create policy limit_rooms_all_jobs on private.limit_rooms for all to devos_jobs using (true) with check (true);
grant select, insert, update, delete on private.limit_rooms to devos_jobs;
