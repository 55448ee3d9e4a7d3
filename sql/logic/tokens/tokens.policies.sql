create policy api_tokens_select_own on public.api_tokens for select to authenticated, devos_api
    using (user_id = (select private.my_user_id()) or (select public.get_my_role()) = 'admin');
create policy api_tokens_select_lookup on public.api_tokens for select to devos_lookup using (true);
create policy api_tokens_insert_own on public.api_tokens for insert to devos_api
    with check (user_id = (select private.my_user_id()));
create policy api_tokens_update_own on public.api_tokens for update to devos_api
    using (user_id = (select private.my_user_id()) or (select public.get_my_role()) = 'admin');
grant select on public.api_tokens to authenticated, devos_api, devos_lookup;
grant insert, update on public.api_tokens to devos_api;

create policy project_tokens_select_supervisor on public.project_tokens for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[])
        and (select public.get_my_role()) >= 'supervisor');
create policy project_tokens_select_lookup on public.project_tokens for select to devos_lookup using (true);
create policy project_tokens_insert_supervisor on public.project_tokens for insert to devos_api
    with check (project_id = any ((select private.my_project_ids())::uuid[])
        and (select public.get_my_role()) >= 'supervisor');
create policy project_tokens_update_supervisor on public.project_tokens for update to devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[])
        and (select public.get_my_role()) >= 'supervisor');
grant select on public.project_tokens to authenticated, devos_api, devos_lookup;
grant insert, update on public.project_tokens to devos_api;

create policy token_hashes_select_lookup on private.token_hashes for select to devos_lookup using (true);
create policy token_hashes_insert_api on private.token_hashes for insert to devos_api
    with check ((select private.my_user_id()) is not null);
grant select on private.token_hashes to devos_lookup;
grant insert on private.token_hashes to devos_api;

-- Uses are shown next to their tokens, whose policies decide who sees those, and are written for the API's own login.
create policy token_uses_all_api on private.token_uses for all to devos_api using (true) with check (true);
grant select, insert, update on private.token_uses to devos_api;
