create function public.requeue_tasks(p_task_ids uuid[] default null, p_filter jsonb default null)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_found uuid[];
    v_ids uuid[];
begin
    perform private.require_role('supervisor');
    if (p_task_ids is null) = (p_filter is null) or cardinality(p_task_ids) not between 1 and 1000 then
        perform private.fail(422, 'invalid_tasks', 'Name 1 to 1000 tasks, or say which failed ones.');
    end if;
    if p_filter is not null then
        perform private.require_project(array[(p_filter ->> 'project_id')::uuid]);
        v_found := array(
            select s.id
              from jsonb_to_record(p_filter) as f (
                       project_id uuid, kind text, error_code text, failed_after timestamptz, failed_before timestamptz),
                   private.search_dead_letters(
                       array[f.project_id], f.kind, f.error_code, f.failed_after, f.failed_before, null, 1001) as s (id));
    end if;
    perform public.read_task(i.id) from unnest(p_task_ids) as i (id)
      where not exists (select from public.tasks t where t.id = i.id);
    v_ids := private.requeue(coalesce(p_task_ids, '{}'), coalesce(v_found[1:1000], '{}'));
    return jsonb_build_object(
        'requeued', cardinality(v_ids), 'task_ids', v_ids, 'more', coalesce(cardinality(v_found) > 1000 and v_ids <> '{}', false));
end;
$$;
comment on function public.requeue_tasks is
    'Put failed or blocked tasks back to pending, all or none of those named; or the failed ones of a project by filter {project_id,
kind, error_code, failed_after, failed_before}, newest first, 1000 at a time. PT403 role_required, PT404 task_not_found,
project_not_found, PT409 illegal_transition, predecessor_cancelled, PT422 invalid_tasks.';
grant execute on function public.requeue_tasks to authenticated;
