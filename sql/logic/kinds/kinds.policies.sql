create policy kinds_select_member on public.kinds for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy kinds_select_lookup on public.kinds for select to devos_lookup using (true);
create policy kinds_insert_api on public.kinds for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy kinds_update_api on public.kinds for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy kinds_delete_api on public.kinds for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
grant select on public.kinds to authenticated, devos_api, devos_lookup;
grant insert, update, delete on public.kinds to devos_api;
