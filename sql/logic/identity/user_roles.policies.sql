create policy user_roles_select_own on public.user_roles for select to authenticated
    using (user_id = (select private.my_user_id()) or (select public.get_my_role()) = 'admin');
create policy user_roles_select_lookup on public.user_roles for select to devos_lookup using (true);
grant select on public.user_roles to authenticated, devos_lookup;
-- Roles are given by private.ensure_admin alone, which nobody but the deployer may call.
create policy user_roles_insert_api on public.user_roles for insert to devos_api with check (true);
grant insert on public.user_roles to devos_api;
