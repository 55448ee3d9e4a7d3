do $$
declare
    v_table regclass;
begin
    foreach v_table in array array[
        'public.events', 'public.audit_log', 'public.task_attempts', 'public.task_logs', 'public.service_charges'
    ]::regclass[] loop
        execute format(
            'create trigger append_only before update or delete or truncate on %s
             for each statement execute function private.refuse_change()', v_table);
    end loop;
end
$$;
