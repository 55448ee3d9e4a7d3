-- as: devos_jobs
create function private.finish_feedback(p_id uuid, p_state text, p_external_id text default null, p_error text default null)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_feedback public.pull_request_feedback;
begin
    update public.pull_request_feedback f
       set state = p_state, external_id = p_external_id, error = left(p_error, 1000),
           sent_at = case when p_state = 'sent' then statement_timestamp() end
     where f.id = p_id and f.state = 'queued'
    returning * into v_feedback;
    if found then
        perform private.emit('feedback.' || p_state, v_feedback.project_id, v_feedback.id, jsonb_strip_nulls(jsonb_build_object(
            'task_id', v_feedback.task_id, 'kind', v_feedback.kind, 'number', v_feedback.number, 'error', v_feedback.error)));
    end if;
end;
$$;
comment on function private.finish_feedback is 'Job: feedback was posted, or will never be. Twice is once.';
grant execute on function private.finish_feedback to devos_worker;
