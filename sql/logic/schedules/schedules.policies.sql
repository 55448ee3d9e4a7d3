create policy schedules_select_member on public.schedules for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy schedules_insert_api on public.schedules for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy schedules_update_api on public.schedules for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy schedules_delete_api on public.schedules for delete to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy schedules_all_jobs on public.schedules for all to devos_jobs using (true) with check (true);
grant select on public.schedules to authenticated, devos_api, devos_jobs;
grant insert, update, delete on public.schedules to devos_api;
grant update on public.schedules to devos_jobs;

create policy schedule_runs_select_member on public.schedule_runs for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
-- The instant that a task stands for is told to whoever holds it.
create policy schedule_runs_select_holder on public.schedule_runs for select to agent
    using (exists (select from public.tasks t where t.id = schedule_runs.task_id));
create policy schedule_runs_insert_api on public.schedule_runs for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy schedule_runs_all_jobs on public.schedule_runs for all to devos_jobs using (true) with check (true);
grant select on public.schedule_runs to authenticated, agent, devos_api, devos_jobs;
grant insert on public.schedule_runs to devos_api, devos_jobs;
grant update, delete on public.schedule_runs to devos_jobs;
