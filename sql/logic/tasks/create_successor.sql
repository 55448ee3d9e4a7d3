create function public.create_successor(
    p_task_id uuid, p_item jsonb, p_key text default null, p_on_failure text default 'fail', p_lease_token bigint default null
) returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.my_agent_id();
    v_task public.tasks;
    v_id uuid;
    v_next public.tasks;
    v_counted jsonb;
    v_counts boolean;
begin
    if v_agent is not null then
        v_task := private.hold_lease(p_task_id, p_lease_token);
        perform private.refuse_successor(v_task, p_key, (p_item ->> 'priority')::smallint);
    else
        perform private.require_role('supervisor');
        v_task := public.read_task(p_task_id);
        -- As a lease would: those who ask under one key take turns.
        perform from public.tasks t where t.id = p_task_id for no key update;
    end if;
    select s.successor_id into v_id from private.task_successors s where s.task_id = p_task_id and s.key = p_key;
    if v_id is null then
        v_counted := jsonb_build_array(jsonb_build_object('project_id', v_task.project_id));
        v_counts := private.count_creations(array[v_task.project_id], v_counted, false);
        v_id := private.insert_successor(
            v_task.project_id,
            p_item - 'ref' - 'dedupe_key' || jsonb_build_object(
                'project_id', v_task.project_id, 'parent_task_id', v_task.parent_task_id,
                'priority', coalesce((p_item ->> 'priority')::smallint, v_task.priority),
                'depends_on', jsonb_build_array(jsonb_build_object('task_id', p_task_id, 'on_failure', p_on_failure))));
        insert into private.task_successors (task_id, key, project_id, successor_id, agent_id, attempt)
        values (p_task_id, coalesce(p_key, v_id::text), v_task.project_id, v_id, v_agent, v_task.attempt);
        perform private.count_creations(array[v_task.project_id], v_counted, true) where v_counts;
    end if;
    select t.* into v_next from public.tasks t where t.id = v_id;
    if v_agent is not null then
        -- Made before under this key, it may be another agent's by now, and what that one writes is not for this one.
        v_next.output := null;
        v_next.checkpoint := null;
        v_next.progress_note := null;
        v_next.last_error := null;
        v_next.agent_id := null;
        v_next.lease_token := null;
    end if;
    return v_next;
end;
$$;
comment on function public.create_successor is
    'A new task that waits for this one, in its project, with its parent and, unless given, its priority; once per key. By people, and
by the agent that holds the lease: 100 per attempt, none more urgent than its own task. PT403 role_required, PT404 task_not_found,
PT409 lease_lost, too_many_successors, PT422 priority_too_high, agent_not_suitable,
PT429 creation_rate_exceeded.';
grant execute on function public.create_successor to authenticated, agent;
