create function public.remove_task_dependency(p_task_id uuid, p_depends_on_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
    v_settled timestamptz;
begin
    perform private.require_role('supervisor');
    perform public.read_task(p_task_id);
    -- In the order of every end: the predecessor first.
    perform from public.tasks t where t.id = p_depends_on_id for share;
    select * into v_task from public.tasks t where t.id = p_task_id for no key update;
    -- One that failed may be requeued without what was cancelled.
    if v_task.state not in ('pending', 'blocked', 'failed') then
        perform private.refuse_edit(p_task_id);
    end if;
    delete from public.task_dependencies d where d.task_id = p_task_id and d.depends_on_id = p_depends_on_id
    returning d.settled_at into v_settled;
    if not found then
        perform private.fail(404, 'dependency_not_found', 'The task does not wait for that one.');
    end if;
    if v_settled is null then
        perform private.count_down(array[p_task_id], array[1]);
    end if;
    perform private.emit('task.dependency_removed', v_task.project_id, p_task_id,
        jsonb_build_object('depends_on', p_depends_on_id));
end;
$$;
comment on function public.remove_task_dependency is
    'A task that waits, or has failed, waits for that one no longer. PT403 role_required, PT404 task_not_found, dependency_not_found, PT409 task_not_editable.';
grant execute on function public.remove_task_dependency to authenticated;
