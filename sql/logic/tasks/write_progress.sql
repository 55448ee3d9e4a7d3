create function public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text default null)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    -- A handler may report a thousand times a second; those who follow the events must not drown.
    v_tell constant boolean := coalesce(v_task.progress_told_at <= statement_timestamp() - interval '5 seconds', true);
begin
    update public.tasks t
       set progress = p_progress, progress_note = left(p_note, 1000), updated_at = statement_timestamp(),
           progress_told_at = case when v_tell then statement_timestamp() else t.progress_told_at end
     where t.id = v_task.id;
    if v_tell then
        perform private.emit('task.progress', v_task.project_id, v_task.id, jsonb_strip_nulls(jsonb_build_object(
            'attempt', v_task.attempt, 'progress', p_progress, 'note', left(p_note, 1000))));
    end if;
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;
comment on function public.write_progress is
    'How far the attempt is, 0 to 1; an event tells it every five seconds at the most. Tells whether the task should stop.
PT404 task_not_found, PT409 lease_lost.';
grant execute on function public.write_progress to agent;
