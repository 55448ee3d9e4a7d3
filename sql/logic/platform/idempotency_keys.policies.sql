create policy idempotency_keys_all_api on private.idempotency_keys for all to devos_api using (true) with check (true);
grant select, insert, update on private.idempotency_keys to devos_api;
create policy idempotency_keys_select_jobs on private.idempotency_keys for select to devos_jobs using (true);
create policy idempotency_keys_delete_jobs on private.idempotency_keys for delete to devos_jobs using (true);
grant select, delete on private.idempotency_keys to devos_jobs;
