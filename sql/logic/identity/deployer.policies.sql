-- Who deploys ends the tokens of an account that is handed over: `devos admin reset-password`.
create policy api_tokens_select_deployer on public.api_tokens for select to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
create policy api_tokens_update_deployer on public.api_tokens for update to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
grant update on public.api_tokens to devos_api;
create policy invitations_select_deployer on public.invitations for select to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
create policy invitations_update_deployer on public.invitations for update to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
create policy registration_tokens_select_deployer on public.registration_tokens for select to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
create policy registration_tokens_update_deployer on public.registration_tokens for update to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
