create function public.update_task(p_task_id uuid, p_changes jsonb, p_version integer default null)
returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
    v_wanted jsonb;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    v_wanted := jsonb_build_array(to_jsonb(v_task) || p_changes);
    if p_changes ?| '{required_capabilities,assigned_agent_id,concurrency_key}' then
        perform private.require_suitable(v_wanted);
        perform private.ensure_lanes(v_wanted);
    end if;
    if p_changes ? 'related_task_ids' then
        perform private.require_related(v_wanted);
    end if;
    update public.tasks t
       set (title, description, priority, queue_priority, required_capabilities, assigned_agent_id, concurrency_key, lane_id, input,
            max_retries, retry_base_seconds, retry_cap_seconds, timeout_seconds, run_at, tags, related_task_ids,
            resource_requirements, expected_artifacts, acceptance) = (
               select n.title, n.description, n.priority, n.priority, l.required_capabilities, n.assigned_agent_id,
                      n.concurrency_key, l.id, n.input,
                      n.max_retries, n.retry_base_seconds, n.retry_cap_seconds, n.timeout_seconds, n.run_at, n.tags,
                      n.related_task_ids, n.resource_requirements, n.expected_artifacts, n.acceptance
                 from jsonb_populate_record(t, p_changes) as n
                 join public.lanes l on l.project_id = t.project_id and l.kind = t.kind
                  and l.required_capabilities = private.normal_capabilities(n.required_capabilities)
                  and l.assigned_agent_id is not distinct from n.assigned_agent_id
                  and l.concurrency_key is not distinct from n.concurrency_key),
           version = t.version + 1, updated_at = statement_timestamp()
     where t.id = p_task_id and t.state in ('pending', 'blocked') and t.version = coalesce(p_version, t.version)
    returning t.* into v_task;
    if not found then
        perform private.refuse_edit(p_task_id);
    end if;
    perform private.emit('task.updated', v_task.project_id, v_task.id,
        jsonb_build_object('fields', array(select jsonb_object_keys(p_changes) order by 1)));
    perform private.enqueue('tasks.ready', array[jsonb_build_object('kind', v_task.kind)]);
    return v_task;
end;
$$;
comment on function public.update_task is
    'Edit a task that waits; what p_changes leaves out stays as it is: title, description, priority, required_capabilities,
assigned_agent_id, concurrency_key, input, max_retries, retry_base_seconds, retry_cap_seconds, timeout_seconds, run_at, tags,
related_task_ids, resource_requirements, expected_artifacts, acceptance. PT403 role_required, PT404 task_not_found, PT409 task_not_editable,
PT412 version_changed, PT422 agent_not_suitable.';
grant execute on function public.update_task to authenticated;
