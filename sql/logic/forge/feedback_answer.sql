create function private.feedback_answer(p_feedback public.pull_request_feedback)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'id', p_feedback.id, 'task_id', p_feedback.task_id, 'key', p_feedback.key, 'number', p_feedback.number,
        'kind', p_feedback.kind, 'state', p_feedback.state, 'external_id', p_feedback.external_id,
        'error', p_feedback.error, 'created_at', p_feedback.created_at, 'sent_at', p_feedback.sent_at)
$$;
comment on function private.feedback_answer is 'Feedback as the API shows it.';
