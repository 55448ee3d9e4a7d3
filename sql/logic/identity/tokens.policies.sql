create policy api_tokens_select_own on public.api_tokens for select to authenticated, devos_api
    using (user_id = (select private.my_user_id()) or (select public.get_my_role()) = 'admin');
create policy api_tokens_select_lookup on public.api_tokens for select to devos_lookup using (true);
grant select on public.api_tokens to authenticated, devos_api, devos_lookup;

create policy project_tokens_select_member on public.project_tokens for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
create policy project_tokens_select_lookup on public.project_tokens for select to devos_lookup using (true);
grant select on public.project_tokens to authenticated, devos_api, devos_lookup;

create policy token_hashes_select_lookup on private.token_hashes for select to devos_lookup using (true);
grant select on private.token_hashes to devos_lookup;
