create function private.refuse_edit(p_task_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := public.read_task(p_task_id);
begin
    if v_task.state not in ('pending', 'blocked') then
        perform private.fail(409, 'task_not_editable', format('The task is %s; only one that waits is edited.', v_task.state),
            'Cancel it, or create another one.');
    end if;
    perform private.fail(412, 'version_changed', 'Somebody else has edited the task.', 'Read it again, then decide.');
end;
$$;
comment on function private.refuse_edit is 'Why an edit changed nothing: PT404 task_not_found, PT409 task_not_editable, PT412 version_changed.';
