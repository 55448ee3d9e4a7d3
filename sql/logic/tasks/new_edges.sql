create function private.new_edges(p_items jsonb, p_ids uuid[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refs jsonb;
    v_named bigint;
    v_found record;
begin
    if not jsonb_path_exists(p_items, '$[*].depends_on[*]') then
        return null;
    end if;
    select coalesce(jsonb_object_agg(i.item ->> 'ref', i.nr), '{}'), count(*) into v_refs, v_named
      from jsonb_array_elements(p_items) with ordinality as i (item, nr) where i.item ->> 'ref' is not null;
    with edge as (
        select i.nr, d.task_id, d.ref, d.on_failure, (v_refs ->> d.ref)::integer as within
          from jsonb_array_elements(p_items) with ordinality as i (item, nr)
         cross join lateral jsonb_array_elements(nullif(i.item -> 'depends_on', 'null')) as named (value)
         cross join lateral jsonb_to_record(
               case jsonb_typeof(named.value) when 'string' then jsonb_build_object('task_id', named.value) else named.value end
               ) as d (task_id uuid, ref text, on_failure text)
    )
    select jsonb_agg(jsonb_build_object('task_id', p_ids[e.nr], 'depends_on_id', coalesce(p_ids[e.within], e.task_id),
               'on_failure', e.on_failure)) as edges,
           count(*) as number,
           bool_or((e.task_id is null) = (e.ref is null)) as unclear,
           min(e.ref) filter (where e.task_id is null and e.within is null) as unknown,
           min(e.ref) filter (where e.within >= e.nr) as late
      into v_found
      from edge e;
    if v_named <> (select count(*) from jsonb_object_keys(v_refs)) then
        perform private.fail(422, 'duplicate_ref', 'Two items of the list have the same ref.');
    elsif v_found.unclear then
        perform private.fail(422, 'invalid_dependency', 'A dependency names a task_id or a ref, one of them.');
    elsif v_found.unknown is not null then
        perform private.fail(422, 'unknown_ref', format('No item of the list has the ref %s.', left(v_found.unknown, 100)));
    elsif v_found.late is not null then
        -- What only waits for what stands before it cannot wait in a circle.
        perform private.fail(422, 'dependency_cycle', format('The ref %s is not that of an earlier item.', left(v_found.late, 100)),
            'Put a task behind those it waits for.');
    elsif v_found.number > 10000 then
        perform private.fail(422, 'too_many_dependencies', 'A list has at most 10,000 dependencies.', 'Send it in parts.');
    end if;
    return v_found.edges;
end;
$$;
comment on function private.new_edges is
    'The dependencies of new tasks, by ids of tasks that exist or refs of earlier items: {task_id | ref, on_failure}, or an id alone.
PT422 invalid_dependency, unknown_ref, duplicate_ref, dependency_cycle, too_many_dependencies.';
grant execute on function private.new_edges to devos_jobs;
