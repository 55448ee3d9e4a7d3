create function public.save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb default null)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    -- Its lock puts the steps of one task in a row.
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
begin
    if (select count(*) from public.task_steps s where s.task_id = v_task.id and s.name is distinct from p_name) >= 1000 then
        perform private.fail(409, 'too_many_steps', 'A task remembers 1,000 steps at the most.', 'Let a step do more.');
    end if;
    insert into public.task_steps (task_id, project_id, name, attempt, output)
    values (v_task.id, v_task.project_id, p_name, v_task.attempt, coalesce(p_output, 'null'))
    on conflict (task_id, name) do nothing;
    if found then
        perform private.emit('task.step_done', v_task.project_id, v_task.id,
            jsonb_build_object('attempt', v_task.attempt, 'name', p_name));
    end if;
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;
comment on function public.save_step is
    'What a step answered, for the next attempt; the first answer stands. PT404 task_not_found, PT409 lease_lost, too_many_steps.';
grant execute on function public.save_step to agent;
