create policy broker_users_all_jobs on private.broker_users for all to devos_jobs using (true) with check (true);
grant select, insert, update, delete on private.broker_users to devos_jobs;
create policy agent_keys_select_jobs on private.agent_keys for select to devos_jobs using (true);
grant select on private.agent_keys to devos_jobs;
