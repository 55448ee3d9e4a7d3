create function public.delete_task(p_task_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    -- Locked, so that nothing comes to wait for it meanwhile.
    perform from public.tasks t where t.id = p_task_id for update;
    if exists (select from public.task_dependencies d where d.depends_on_id = p_task_id) then
        perform private.fail(409, 'task_has_dependents', 'Other tasks wait for this one.', 'Cancel it, or let them wait no longer.');
    end if;
    delete from public.tasks t where t.id = p_task_id and t.attempt = 0 and t.state in ('pending', 'blocked', 'cancelled');
    if not found then
        perform private.fail(409, 'task_has_history', 'The task was claimed once; what happened is kept.', 'Cancel it instead.');
    end if;
    perform private.emit('task.deleted', v_task.project_id, v_task.id, jsonb_build_object('title', v_task.title));
    perform private.audit('task.delete', v_task.project_id, v_task.id, jsonb_build_object('title', v_task.title));
end;
$$;
comment on function public.delete_task is
    'Remove a task that nobody ever claimed. PT403 role_required, PT404 task_not_found, PT409 task_has_history,
task_has_dependents.';
grant execute on function public.delete_task to authenticated;
