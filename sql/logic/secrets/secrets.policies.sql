create policy secrets_select_supervisor on public.secrets for select to authenticated, devos_api
    using ((select public.get_my_role()) >= 'supervisor'
        and (project_id = any ((select private.my_project_ids())::uuid[])
            or team_id = any ((select private.my_team_ids())::uuid[])));
create policy secrets_insert_supervisor on public.secrets for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor'
        and (project_id = any ((select private.my_project_ids())::uuid[])
            or team_id = any ((select private.my_team_ids())::uuid[])));
create policy secrets_update_supervisor on public.secrets for update to devos_api
    using ((select public.get_my_role()) >= 'supervisor'
        and (project_id = any ((select private.my_project_ids())::uuid[])
            or team_id = any ((select private.my_team_ids())::uuid[])));
create policy secrets_delete_supervisor on public.secrets for delete to devos_api
    using ((select public.get_my_role()) >= 'supervisor'
        and (project_id = any ((select private.my_project_ids())::uuid[])
            or team_id = any ((select private.my_team_ids())::uuid[])));
create policy secrets_select_jobs on public.secrets for select to devos_jobs using (true);
grant select on public.secrets to authenticated, devos_api, devos_jobs;
grant insert, update, delete on public.secrets to devos_api;

-- What is sealed is read by jobs alone: no request of a person or an agent gets at it.
create policy secret_values_all_jobs on private.secret_values for all to devos_jobs using (true) with check (true);
grant select, insert, update on private.secret_values to devos_jobs;
