create function public.requeue_task(p_task_id uuid, p_cascade boolean default false)
returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform public.read_task(p_task_id);
    perform private.requeue(
        array[p_task_id], case when p_cascade then private.failed_dependents(array[p_task_id]) else '{}' end);
    return public.read_task(p_task_id);
end;
$$;
comment on function public.requeue_task is
    'Put a failed or blocked task back to pending with all its retries; its history is kept. With p_cascade
what failed or was blocked because it failed goes back, too. PT403 role_required,
PT404 task_not_found, PT409 illegal_transition, predecessor_cancelled.';
grant execute on function public.requeue_task to authenticated;
