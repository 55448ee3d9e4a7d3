create function public.write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb)
returns bigint
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_stored bigint;
begin
    insert into public.task_logs (task_id, project_id, attempt, level, message)
    select v_task.id, v_task.project_id, v_task.attempt, l.level, l.message
      from jsonb_to_recordset(p_lines) as l (level text, message text);
    get diagnostics v_stored = row_count;
    return v_stored;
end;
$$;
comment on function public.write_task_logs is
    'Append log lines {level, message} to a leased task; returns how many. PT404 task_not_found, PT409 lease_lost.';
grant execute on function public.write_task_logs to agent;
