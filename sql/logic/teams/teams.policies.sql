create policy teams_select_member on public.teams for select to authenticated, devos_api
    using (id = any ((select private.my_team_ids())::uuid[]));
create policy teams_select_lookup on public.teams for select to devos_lookup using (true);
create policy teams_insert_api on public.teams for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor');
create policy teams_update_api on public.teams for update to devos_api
    using (id = any ((select private.my_team_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
create policy teams_delete_api on public.teams for delete to devos_api
    using (id = any ((select private.my_team_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
grant select on public.teams to authenticated, devos_api, devos_lookup;
grant insert, update, delete on public.teams to devos_api;

create policy team_members_select_member on public.team_members for select to authenticated, devos_api
    using (team_id = any ((select private.my_team_ids())::uuid[]));
create policy team_members_select_lookup on public.team_members for select to devos_lookup using (true);
create policy team_members_insert_api on public.team_members for insert to devos_api
    with check ((select public.get_my_role()) >= 'supervisor');
create policy team_members_delete_api on public.team_members for delete to devos_api
    using (team_id = any ((select private.my_team_ids())::uuid[]) and (select public.get_my_role()) >= 'supervisor');
grant select on public.team_members to authenticated, devos_api, devos_lookup;
grant insert, delete on public.team_members to devos_api;
