create policy task_search_all_jobs on private.task_search for all to devos_jobs using (true) with check (true);
create policy task_search_select_lookup on private.task_search for select to devos_lookup using (true);
grant select, insert, update, delete on private.task_search to devos_jobs;
grant select on private.task_search to devos_lookup;

create policy task_search_position_all_jobs on private.task_search_position for all to devos_jobs using (true) with check (true);
grant select, update on private.task_search_position to devos_jobs;
