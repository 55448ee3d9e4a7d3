-- A flow belongs to nobody until its code is traded: only what the login calls before there is a caller touches it.
create policy auth_flows_all_login on private.auth_flows for all to devos_api
    using ((select private.claims()) is null) with check ((select private.claims()) is null);
grant select, insert, update, delete on private.auth_flows to devos_api;
