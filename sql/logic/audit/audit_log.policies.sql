create policy audit_log_select_supervisor on public.audit_log for select to authenticated
    using ((select public.get_my_role()) >= 'supervisor'
        and (project_id = any ((select private.my_project_ids())::uuid[]) or (select public.get_my_role()) = 'admin'));
create policy audit_log_insert_journal on public.audit_log for insert to devos_journal with check (true);
grant select on public.audit_log to authenticated;
grant insert on public.audit_log to devos_journal;
