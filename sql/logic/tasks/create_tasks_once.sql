create function private.create_tasks_once(
    p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb
) returns json
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
declare
    v_answer json;
begin
    if p_key is not null then
        v_answer := private.recall_answer(p_caller, p_route, p_key, p_body_digest);
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    -- From here on the policies see this caller, as they would if the request had come with its role.
    perform set_config('request.jwt.claims', p_claims, true);
    if p_claims::jsonb ->> 'role' is distinct from 'authenticated' then
        raise insufficient_privilege using message = 'permission denied for function create_tasks';
    end if;
    select json_agg(a) into v_answer
      from (select t.id, t.project_id, t.kind, t.title, t.description, t.state, private.priority_name(t.priority) as priority,
                   t.required_capabilities, t.input, t.output, t.checkpoint, t.progress, t.progress_note, t.attempt,
                   t.retry_count, t.max_retries,
                   json_build_object('base_seconds', t.retry_base_seconds, 'cap_seconds', t.retry_cap_seconds) as retry_policy,
                   t.postponed, t.last_error, t.blocked_reason, t.run_at, t.agent_id, t.assigned_agent_id, t.concurrency_key, t.parent_task_id,
                   t.open_dependencies, t.lease_expires_at, t.cancel_requested_at, t.cancel_reason, t.tags, t.related_task_ids,
                   t.timeout_seconds, t.resource_requirements, t.expected_artifacts, t.acceptance, t.version, t.created_at,
                   t.updated_at, t.started_at, t.finished_at
              from public.create_tasks(p_items) t) a;
    if p_key is not null then
        perform private.remember_answer(p_caller, p_route, p_key, v_answer);
    end if;
    return v_answer;
end;
$$;
comment on function private.create_tasks_once is
    'create_tasks in one trip, as the caller of these claims: under an idempotency key, unless that is null. The tasks as the API shows them.';
grant execute on function private.create_tasks_once to devos_login;
