create policy user_roles_select_colleague on public.user_roles for select to authenticated, devos_api
    using ((select public.get_my_role()) = 'admin' or user_id = any ((select private.my_people_ids())::uuid[]));
create policy user_roles_select_lookup on public.user_roles for select to devos_lookup using (true);
grant select on public.user_roles to authenticated, devos_api, devos_lookup;
-- Everybody begins as a viewer: private.handle_new_user.
create policy user_roles_insert_api on public.user_roles for insert to devos_api with check (true);
create policy user_roles_update_admin on public.user_roles for update to devos_api
    using ((select public.get_my_role()) = 'admin');
-- Who deploys gives any role: the first admin's, and those of the commands of `devos admin`.
create policy user_roles_select_deployer on public.user_roles for select to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
create policy user_roles_update_deployer on public.user_roles for update to devos_api
    using ((select pg_has_role(session_user, 'devos_owner', 'member')));
grant insert, update on public.user_roles to devos_api;
