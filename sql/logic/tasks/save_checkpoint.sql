create function public.save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
begin
    update public.tasks t set checkpoint = p_checkpoint, updated_at = statement_timestamp() where t.id = v_task.id;
    perform private.emit('task.checkpointed', v_task.project_id, v_task.id, jsonb_build_object('attempt', v_task.attempt));
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;
comment on function public.save_checkpoint is
    'What the next attempt should know, 64 kB at the most. PT404 task_not_found, PT409 lease_lost.';
grant execute on function public.save_checkpoint to agent;
