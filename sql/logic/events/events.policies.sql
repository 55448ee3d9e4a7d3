create policy events_select_member on public.events for select to authenticated, devos_api
    using (project_id = any ((select private.my_project_ids())::uuid[]));
-- What is no project's: a team tells its members, everything else is for admins. public.event_visibility says the same.
create policy events_select_team on public.events for select to authenticated, devos_api
    using (project_id is null
        and (subject_id = any ((select private.my_team_ids())::uuid[]) or (select public.get_my_role()) = 'admin'));
create policy events_select_lookup on public.events for select to devos_lookup using (true);
create policy events_insert_journal on public.events for insert to devos_journal with check (true);
create policy events_select_jobs on public.events for select to devos_jobs using (true);
grant select on public.events to authenticated, devos_api, devos_lookup, devos_jobs;
grant insert on public.events to devos_journal;

create policy outbox_insert_journal on private.outbox for insert to devos_journal with check (true);
create policy outbox_all_jobs on private.outbox for all to devos_jobs using (true) with check (true);
grant insert on private.outbox to devos_journal;
grant select, update, delete on private.outbox to devos_jobs;
