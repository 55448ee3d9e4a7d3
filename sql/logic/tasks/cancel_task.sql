create function public.cancel_task(p_task_id uuid, p_reason text default null, p_cascade text default 'none')
returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[];
begin
    perform private.require_role('supervisor');
    perform public.read_task(p_task_id);
    if not coalesce(p_cascade in ('none', 'descendants', 'dependents'), false) then
        perform private.fail(422, 'invalid_cascade', 'A cancellation goes on to: none, descendants or dependents.');
    end if;
    perform private.cancel(array[p_task_id], p_reason);
    v_ids := array(
        select t.id from public.tasks t
         where t.id = any (private.related_ids(p_task_id, p_cascade)) and t.state not in ('completed', 'failed', 'cancelled')
         order by t.id for no key update);
    perform private.cancel(v_ids, p_reason);
    -- Last: what was cancelled too has not failed for want of what it waited for.
    perform private.settle_dependents(p_task_id || v_ids);
    return public.read_task(p_task_id);
end;
$$;
comment on function public.cancel_task is
    'Cancel a waiting task at once, ask a running one to stop; twice is once. With p_cascade its descendants too, or the dependents
that could not go on without it. PT403 role_required, PT404 task_not_found, PT409 illegal_transition when it has ended, PT422 invalid_cascade.';
grant execute on function public.cancel_task to authenticated;
