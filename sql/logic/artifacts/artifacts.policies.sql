create policy task_artifacts_select_member on public.task_artifacts for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy task_artifacts_select_holder on public.task_artifacts for select to agent
    using (exists (select from public.tasks t where t.id = task_artifacts.task_id));
create policy task_artifacts_select_jobs on public.task_artifacts for select to devos_jobs using (true);
create policy task_artifacts_insert_api on public.task_artifacts for insert to devos_api
    with check (agent_id = (select private.my_agent_id()));
create policy task_artifacts_update_api on public.task_artifacts for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]))
    with check (agent_id = (select private.my_agent_id()));
create policy task_artifacts_delete_api on public.task_artifacts for delete to devos_api
    using ((select public.get_my_role()) >= 'supervisor' and project_id = any ((select private.my_project_ids())::uuid[]));
grant select on public.task_artifacts to authenticated, agent, devos_api, devos_jobs;
grant insert, update, delete on public.task_artifacts to devos_api;

create policy artifact_blobs_insert_api on private.artifact_blobs for insert to devos_api with check (true);
create policy artifact_blobs_select_api on private.artifact_blobs for select to devos_api using (true);
create policy artifact_blobs_all_jobs on private.artifact_blobs for all to devos_jobs using (true) with check (true);
grant insert, select on private.artifact_blobs to devos_api;
grant select, insert, delete on private.artifact_blobs to devos_jobs;
