create policy rate_limits_all_api on private.rate_limits for all to devos_api using (true) with check (true);
grant select, insert, update, delete on private.rate_limits to devos_api;
create policy rate_limits_all_jobs on private.rate_limits for all to devos_jobs using (true) with check (true);
grant select, insert, update on private.rate_limits to devos_jobs;
