create policy tasks_select_member on public.tasks for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy tasks_select_holder on public.tasks for select to agent
    using (agent_id = (select private.my_agent_id()));
create policy tasks_insert_api on public.tasks for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy tasks_update_api on public.tasks for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy tasks_all_jobs on public.tasks for all to devos_jobs using (true) with check (true);
grant select on public.tasks to authenticated, agent, devos_api, devos_jobs;
grant insert, update on public.tasks to devos_api, devos_jobs;
grant usage on sequence private.lease_tokens to devos_api;

create policy task_attempts_select_member on public.task_attempts for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_attempts_select_own on public.task_attempts for select to agent
    using (agent_id = (select private.my_agent_id()));
create policy task_attempts_insert_api on public.task_attempts for insert to devos_api
    with check (agent_id = (select private.my_agent_id()));
create policy task_attempts_insert_jobs on public.task_attempts for insert to devos_jobs with check (true);
grant select on public.task_attempts to authenticated, agent, devos_api;
grant insert on public.task_attempts to devos_api, devos_jobs;
