create policy rate_limits_all_api on private.rate_limits for all to devos_api using (true) with check (true);
grant select, insert, update, delete on private.rate_limits to devos_api;
