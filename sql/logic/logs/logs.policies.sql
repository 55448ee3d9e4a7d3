create policy task_logs_select_member on public.task_logs for select to authenticated
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_logs_select_holder on public.task_logs for select to agent
    using (exists (select from public.tasks t where t.id = task_logs.task_id));
create policy task_logs_insert_api on public.task_logs for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.task_logs to authenticated, agent;
grant insert on public.task_logs to devos_api;
grant usage on sequence private.task_log_ids to devos_api;

create policy task_log_counts_select_member on public.task_log_counts for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_log_counts_select_holder on public.task_log_counts for select to agent
    using (exists (select from public.tasks t where t.id = task_log_counts.task_id));
create policy task_log_counts_insert_api on public.task_log_counts for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_log_counts_update_api on public.task_log_counts for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.task_log_counts to authenticated, agent, devos_api;
grant insert, update on public.task_log_counts to devos_api;
