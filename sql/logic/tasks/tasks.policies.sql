create policy tasks_select_member on public.tasks for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy tasks_select_holder on public.tasks for select to agent
    using (agent_id = (select private.my_agent_id()));
create policy tasks_select_lookup on public.tasks for select to devos_lookup using (true);
create policy tasks_insert_api on public.tasks for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy tasks_update_api on public.tasks for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy tasks_delete_api on public.tasks for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy tasks_all_jobs on public.tasks for all to devos_jobs using (true) with check (true);
grant select on public.tasks to authenticated, agent, devos_api, devos_lookup, devos_jobs;
grant insert, update on public.tasks to devos_api, devos_jobs;
grant delete on public.tasks to devos_api;
grant usage on sequence private.lease_tokens to devos_api;

create policy task_attempts_select_member on public.task_attempts for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_attempts_select_own on public.task_attempts for select to agent
    using (agent_id = (select private.my_agent_id()));
create policy task_attempts_select_lookup on public.task_attempts for select to devos_lookup using (true);
create policy task_attempts_insert_api on public.task_attempts for insert to devos_api
    with check (agent_id = (select private.my_agent_id()));
create policy task_attempts_insert_jobs on public.task_attempts for insert to devos_jobs with check (true);
grant select on public.task_attempts to authenticated, agent, devos_api, devos_lookup;
grant insert on public.task_attempts to devos_api, devos_jobs;

create policy task_dependencies_select_member on public.task_dependencies for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_dependencies_insert_api on public.task_dependencies for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_dependencies_update_api on public.task_dependencies for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_dependencies_all_jobs on public.task_dependencies for all to devos_jobs using (true) with check (true);
create policy task_dependencies_delete_api on public.task_dependencies for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
grant select on public.task_dependencies to authenticated, devos_api, devos_jobs;
grant insert, update on public.task_dependencies to devos_api, devos_jobs;
grant delete on public.task_dependencies to devos_api;

create policy task_steps_select_member on public.task_steps for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_steps_select_holder on public.task_steps for select to agent
    using (exists (select from public.tasks t where t.id = task_steps.task_id));
create policy task_steps_insert_api on public.task_steps for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.task_steps to authenticated, agent, devos_api;
grant insert on public.task_steps to devos_api;

create policy task_successors_select_api on private.task_successors for select to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_successors_insert_api on private.task_successors for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]));
grant select, insert on private.task_successors to devos_api;
