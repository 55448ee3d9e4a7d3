create policy repositories_select_member on public.repositories for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy repositories_select_lookup on public.repositories for select to devos_lookup using (true);
create policy repositories_select_jobs on public.repositories for select to devos_jobs using (true);
create policy repositories_insert_api on public.repositories for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[])
        and (select public.get_my_role()) >= 'supervisor');
grant select on public.repositories to authenticated, devos_api, devos_lookup, devos_jobs;
grant insert on public.repositories to devos_api;

-- What a delivery says is shown to those of its project; one of an unknown repository to admins alone.
create policy webhook_deliveries_select_member on public.webhook_deliveries for select to authenticated
    using (project_id = any ((select private.my_project_ids())::uuid[])
        or (project_id is null and (select public.get_my_role()) = 'admin'));
create policy webhook_deliveries_insert_api on public.webhook_deliveries for insert to devos_api
    with check ((select private.claims() ->> 'role') = 'integration'
        -- A token is no forge: what it brings was signed by nobody.
        and (select private.claims() ->> 'project_id') is null and (select private.claims() ->> 'token_id') is null);
create policy webhook_deliveries_all_jobs on public.webhook_deliveries for all to devos_jobs using (true) with check (true);
grant select on public.webhook_deliveries to authenticated;
grant insert on public.webhook_deliveries to devos_api;
grant select, update on public.webhook_deliveries to devos_jobs;

create policy pull_request_feedback_select_member on public.pull_request_feedback for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy pull_request_feedback_insert_api on public.pull_request_feedback for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy pull_request_feedback_all_jobs on public.pull_request_feedback for all to devos_jobs using (true) with check (true);
grant select on public.pull_request_feedback to authenticated, devos_api;
grant insert on public.pull_request_feedback to devos_api;
grant select, update on public.pull_request_feedback to devos_jobs;
