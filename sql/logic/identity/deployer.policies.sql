-- Who deploys ends the tokens of an account that is handed over: `devos admin reset-password`.
create policy api_tokens_select_deployer on public.api_tokens for select to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
create policy api_tokens_update_deployer on public.api_tokens for update to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
grant update on public.api_tokens to devos_api;
