create function public.add_task_dependencies(p_task_id uuid, p_depends_on jsonb)
returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
    v_edges jsonb;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    if coalesce(jsonb_typeof(p_depends_on), '') <> 'array' or jsonb_array_length(p_depends_on) not between 1 and 1000 then
        perform private.fail(422, 'invalid_dependency', 'Name 1 to 1000 tasks to wait for.');
    end if;
    -- One at a time in a project: two edges that close a circle together see each other.
    perform pg_advisory_xact_lock(hashtextextended('devos.dependencies.' || v_task.project_id, 0));
    v_edges := private.new_edges(jsonb_build_array(jsonb_build_object('depends_on', p_depends_on)), array[p_task_id]);
    perform private.add_dependencies(v_edges);
    if private.waits_for_itself(p_task_id) then
        perform private.fail(409, 'dependency_cycle', 'A task to wait for waits for this one itself.',
            'See GET /api/tasks/{id}/lineage.');
    end if;
    perform private.emit('task.dependencies_added', v_task.project_id, p_task_id,
        jsonb_build_object('depends_on', (select jsonb_agg(e -> 'depends_on_id') from jsonb_array_elements(v_edges) e)));
    return public.read_task(p_task_id);
end;
$$;
comment on function public.add_task_dependencies is
    'Let a waiting task wait for more: {task_id, on_failure: fail | block | ignore}, or ids. PT403 role_required,
PT404 task_not_found, PT409 task_not_editable, dependency_cycle, PT422 invalid_dependency.';
grant execute on function public.add_task_dependencies to authenticated;
