create function public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text default null)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
begin
    update public.tasks t
       set progress = p_progress, progress_note = left(p_note, 1000), updated_at = statement_timestamp()
     where t.id = v_task.id;
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;
comment on function public.write_progress is
    'How far the attempt is, 0 to 1. Tells whether the task should stop. PT404 task_not_found, PT409 lease_lost.';
grant execute on function public.write_progress to agent;
