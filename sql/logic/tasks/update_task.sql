create function public.update_task(p_task_id uuid, p_changes jsonb, p_version integer default null)
returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    if p_changes ? 'required_capabilities' then
        perform private.ensure_lanes(jsonb_build_array(to_jsonb(v_task) || p_changes));
    end if;
    update public.tasks t
       set (title, description, priority, queue_priority, required_capabilities, input, max_retries, run_at, lane_id) = (
               select n.title, n.description, n.priority, n.priority, l.required_capabilities, n.input, n.max_retries, n.run_at, l.id
                 from jsonb_to_record(to_jsonb(t) || p_changes) as n (
                          title text, description text, priority smallint, required_capabilities text[], input jsonb,
                          max_retries integer, run_at timestamptz)
                 join public.lanes l on l.project_id = t.project_id and l.kind = t.kind
                  and l.required_capabilities = private.normal_capabilities(n.required_capabilities)
                  and l.assigned_agent_id is not distinct from t.assigned_agent_id),
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
    'Edit a task that waits: title, description, priority, required_capabilities, input, max_retries, run_at.
PT403 role_required, PT404 task_not_found, PT409 task_not_editable, PT412 version_changed.';
grant execute on function public.update_task to authenticated;
