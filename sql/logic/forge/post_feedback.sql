create function public.post_feedback(
    p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_repository uuid := (select r.id from public.repositories r
                           where r.project_id = v_task.project_id and r.full_name = p_repository);
    v_feedback public.pull_request_feedback;
begin
    if v_repository is null then
        perform private.fail(404, 'repository_not_found', 'The project of this task has no such repository.',
            'Use the repository named in the input of the task.');
    end if;
    -- The lease is locked, so of two posts with one key the second sees the first.
    select * into v_feedback from public.pull_request_feedback f where f.task_id = v_task.id and f.key = p_key;
    if found then
        if (v_feedback.repository_id, v_feedback.number, v_feedback.kind) is distinct from (v_repository, p_number, p_kind) then
            perform private.fail(409, 'idempotency_key_reused', 'This key was used for other feedback of this task.', 'Send a new key.');
        end if;
        return private.feedback_answer(v_feedback);
    end if;
    insert into public.pull_request_feedback (id, project_id, repository_id, task_id, key, number, kind, content)
    values (private.new_id(), v_task.project_id, v_repository, v_task.id, p_key, p_number, p_kind, p_content)
    returning * into v_feedback;
    perform private.enqueue('feedback.queued', array[jsonb_build_object('id', v_feedback.id)]);
    perform private.emit('feedback.queued', v_task.project_id, v_feedback.id, jsonb_build_object(
        'task_id', v_task.id, 'kind', p_kind, 'repository', p_repository, 'number', p_number));
    return private.feedback_answer(v_feedback);
end;
$$;
comment on function public.post_feedback is
    'Ask for a comment or a status on a pull request; the worker posts it. One per (task, key), over all attempts.
PT403 agent_required, PT404 task_not_found | repository_not_found, PT409 lease_lost | idempotency_key_reused.';
grant execute on function public.post_feedback to agent;
