create policy invitations_select_supervisor on public.invitations for select to authenticated, devos_api
    using ((select public.get_my_role()) >= 'supervisor'
        and (created_by = (select private.my_user_id())
             or team_id = any ((select private.my_team_ids())::uuid[])
             or project_id = any ((select private.my_project_ids())::uuid[])
             or (select public.get_my_role()) = 'admin'));
create policy invitations_select_guest on public.invitations for select to devos_api
    using (email = (select private.my_email()));
create policy invitations_select_lookup on public.invitations for select to devos_lookup using (true);
create policy invitations_insert_api on public.invitations for insert to devos_api
    with check (created_by = (select private.my_user_id())
        and (select private.may_invite(created_by, role, team_id, project_id)));
-- Which ones, the policies above say: an update finds only what its role may select.
create policy invitations_update_api on public.invitations for update to devos_api using (true);
grant select on public.invitations to authenticated, devos_lookup, devos_api;
grant insert, update on public.invitations to devos_api;

create policy token_hashes_insert_invitation on private.token_hashes for insert to devos_api with check (kind = 'invitation');
grant insert on private.token_hashes to devos_api;

-- What an invitation gives, to the person of this request and to nobody else.
create policy user_roles_select_guest on public.user_roles for select to devos_api
    using (user_id = (select (private.claims() ->> 'sub')::uuid));
create policy user_roles_update_guest on public.user_roles for update to devos_api
    using (user_id = (select (private.claims() ->> 'sub')::uuid))
    with check ((select private.is_invited(user_id, role)));
create policy team_members_insert_guest on public.team_members for insert to devos_api
    with check ((select private.is_invited(user_id, p_team_id => team_id)));
create policy project_members_insert_guest on public.project_members for insert to devos_api
    with check ((select private.is_invited(user_id, p_project_id => project_id)));
grant select, insert, update on public.user_roles to devos_api;
grant insert on public.team_members to devos_api;
grant insert on public.project_members to devos_api;
