create function private.insert_tasks(p_items jsonb)
returns uuid[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
declare
    v_ids uuid[] := private.new_ids(jsonb_array_length(p_items));
    v_edges jsonb := private.new_edges(p_items, v_ids);
    v_made uuid[];
    v_projects uuid[];
    v_kinds text[];
    v_data jsonb[];
begin
    p_items := private.with_kind_defaults(p_items);
    perform private.require_suitable(p_items);
    perform private.require_related(p_items);
    perform private.ensure_lanes(p_items);
    with made as (
        insert into public.tasks (
            id, project_id, lane_id, kind, title, description, priority, queue_priority, required_capabilities, input,
            max_retries, retry_base_seconds, retry_cap_seconds, timeout_seconds, tags, related_task_ids,
            resource_requirements, expected_artifacts, acceptance, dedupe_key, run_at, assigned_agent_id, parent_task_id,
            concurrency_key)
        select v_ids[i.nr], i.project_id, l.id, i.kind, i.title, coalesce(i.description, ''),
               n.priority, n.priority, l.required_capabilities, coalesce(i.input, '{}'),
               coalesce(i.max_retries, p.default_max_retries), coalesce(i.retry_base_seconds, 2),
               coalesce(i.retry_cap_seconds, 600), i.timeout_seconds, coalesce(i.tags, '{}'), coalesce(i.related_task_ids, '{}'),
               coalesce(i.resource_requirements, '{}'), coalesce(i.expected_artifacts, '[]'), coalesce(i.acceptance, '[]'),
               i.dedupe_key,
               -- A microsecond apart: the first of a list is claimed first.
               coalesce(i.run_at, statement_timestamp() + i.nr * interval '1 microsecond'), i.assigned_agent_id,
               i.parent_task_id, i.concurrency_key
          from rows from (jsonb_to_recordset(p_items) as (
                   project_id uuid, kind text, title text, description text, priority smallint,
                   required_capabilities text[], input jsonb, max_retries integer, retry_base_seconds integer,
                   retry_cap_seconds integer, timeout_seconds integer, tags text[], related_task_ids uuid[],
                   resource_requirements jsonb, expected_artifacts jsonb, acceptance jsonb, dedupe_key text,
                   run_at timestamptz, assigned_agent_id uuid, parent_task_id uuid, concurrency_key text
               )) with ordinality as i (
                   project_id, kind, title, description, priority, required_capabilities, input, max_retries,
                   retry_base_seconds, retry_cap_seconds, timeout_seconds, tags, related_task_ids, resource_requirements,
                   expected_artifacts, acceptance, dedupe_key, run_at, assigned_agent_id, parent_task_id, concurrency_key, nr)
          join public.projects p on p.id = i.project_id
          join public.lanes l on l.project_id = i.project_id and l.kind = i.kind
           and l.required_capabilities = private.normal_capabilities(i.required_capabilities)
           and l.assigned_agent_id is not distinct from i.assigned_agent_id
           and l.concurrency_key is not distinct from i.concurrency_key
          left join public.tasks parent on parent.id = i.parent_task_id
         cross join lateral (select coalesce(i.priority, parent.priority, p.default_priority) as priority) n
        on conflict (project_id, dedupe_key) where dedupe_key is not null do nothing
        returning id, project_id, kind, title, priority
    )
    select array_agg(m.id), array_agg(m.project_id), array_agg(m.kind),
           array_agg(jsonb_build_object('kind', m.kind, 'title', m.title, 'priority', private.priority_name(m.priority)))
      into v_made, v_projects, v_kinds, v_data
      from made m;
    if v_made is null then
        return '{}';
    end if;
    perform private.emit_each(array_fill('task.created'::text, array[cardinality(v_made)]), v_projects, v_made, v_data);
    perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_kinds) k group by k));
    if v_edges is not null then
        perform private.add_dependencies(private.known_edges(v_edges, p_items, v_ids));
    end if;
    return v_made;
end;
$$;
comment on function private.insert_tasks is
    'Insert tasks with their lanes, dependencies, events and hints. What an item does not say is its kind''s; priority (the
parent''s first) and retries are the project''s then. Ids of the new ones; an item whose dedupe_key exists makes none.
PT404 task_not_found, PT422 agent_not_suitable, unknown_kind, and what new_edges says.';
grant execute on function private.insert_tasks to devos_jobs;
