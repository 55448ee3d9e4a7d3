-- A token that names a project of others stays hidden, but for the one who made it.
create policy registration_tokens_select_supervisor on public.registration_tokens for select to authenticated, devos_api
    using ((select public.get_my_role()) >= 'supervisor'
        and (project_ids <@ (select private.my_project_ids())::uuid[] or created_by = (select private.my_user_id())
            or (select public.get_my_role()) = 'admin'));
create policy registration_tokens_select_registering on public.registration_tokens for select to devos_api
    using (id = (select private.my_registration_token()));
create policy registration_tokens_select_lookup on public.registration_tokens for select to devos_lookup using (true);
create policy registration_tokens_insert_api on public.registration_tokens for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor' and created_by = (select private.my_user_id())
        and project_ids <@ (select private.my_project_ids())::uuid[]);
-- Who sees it may end it, and it counts its own uses.
create policy registration_tokens_update_api on public.registration_tokens for update to devos_api using (true);
grant select on public.registration_tokens to authenticated, devos_api, devos_lookup;
grant insert, update on public.registration_tokens to devos_api;

create policy token_hashes_insert_registration on private.token_hashes for insert to devos_api
    with check (kind = 'registration' and (select public.get_my_role()) >= 'supervisor');
grant insert on private.token_hashes to devos_api;
