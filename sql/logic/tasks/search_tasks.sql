-- as: devos_lookup
create function private.search_tasks(
    p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid,
    p_parent_task_id uuid, p_created_after timestamptz, p_created_before timestamptz, p_search text, p_oldest boolean,
    p_cursor uuid, p_limit integer
) returns setof uuid
language plpgsql stable rows 100
security definer set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    -- Ids begin with their time, so a span of time is a range of ids; rows are a moment older than their ids.
    v_first uuid := greatest(private.first_id_at(p_created_after), case when p_oldest then p_cursor end,
                             '00000000-0000-0000-0000-000000000000');
    v_last uuid := least(private.first_id_at(p_created_before + interval '1 minute'), case when not p_oldest then p_cursor end,
                         'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_query tsquery := private.task_query(p_search, p_tags, p_project_ids);
    -- Common words are met soon on a walk; those that are not met in so many steps are rare, and their index is short.
    v_steps integer := case when v_query is null then p_limit else 1000 end;
    v_order constant text := case when p_oldest then 'asc' else 'desc' end;
    v_rest constant text := $sql$
        t.id > $9 and t.id < $10 and ($2 is null or t.state = any ($2)) and ($3 is null or t.kind = any ($3))
        and ($4 is null or t.priority = $4) and ($5 is null or t.agent_id = $5) and ($6 is null or t.parent_task_id = $6)
        and ($7 is null or t.created_at >= $7) and ($8 is null or t.created_at < $8)$sql$;
    v_walk constant text := case
        when p_agent_id is not null or p_parent_task_id is not null then $sql$
            select t.id from public.tasks t where t.project_id = any ($1) and ($5 is null or t.state = 'running') and %1$s$sql$
        when p_states is null and p_kinds is null and p_priority is null then $sql$
            select f.id from unnest($1) as p (id)
             cross join lateral (
                select t.id from public.tasks t where t.project_id = p.id and %1$s order by t.id %2$s limit $11) f (id)$sql$
        else $sql$
            select f.id
              from (select distinct l.project_id, l.kind from public.lanes l
                     where l.project_id = any ($1) and ($3 is null or l.kind = any ($3))) k
             cross join unnest(coalesce($2, enum_range(null::public.task_state))) as s (state)
             cross join generate_series(coalesce($4, 1), coalesce($4, 4)) as p (priority)
             cross join lateral (
                select t.id from public.tasks t
                 where t.project_id = k.project_id and t.kind = k.kind and t.state = s.state
                   and t.priority = p.priority::smallint and %1$s
                 order by t.state %2$s, t.priority %2$s, t.id %2$s limit $11) f (id)$sql$
    end;
    v_ids uuid[];
    v_met uuid[];
begin
    -- Planned anew at each call: what is not asked for falls out of the plan.
    execute format('select array(select w.id from (' || v_walk || ') w order by w.id %2$s limit $11)', v_rest, v_order)
       into v_ids
      using p_project_ids, p_states, p_kinds, p_priority, p_agent_id, p_parent_task_id, p_created_after, p_created_before,
            v_first, v_last, v_steps;
    if v_query is null then
        return query select unnest(v_ids);
        return;
    end if;
    v_met := array(
        select s.task_id from unnest(v_ids) with ordinality as i (id, nr) join private.task_search s on s.task_id = i.id
         where s.document @@ v_query order by i.nr limit p_limit);
    if cardinality(v_met) = p_limit or cardinality(v_ids) < v_steps then
        return query select unnest(v_met);
        return;
    end if;
    return query execute format($sql$
        select t.id
          from (select s.task_id from private.task_search s
                 where s.document @@ $12 and s.task_id > $9 and s.task_id < $10 order by s.task_id %2$s offset 0) hit
          join public.tasks t on t.id = hit.task_id
         where t.project_id = any ($1) and %1$s order by hit.task_id %2$s limit $11$sql$, v_rest, v_order)
      using p_project_ids, p_states, p_kinds, p_priority, p_agent_id, p_parent_task_id, p_created_after, p_created_before,
            v_first, v_last, p_limit, v_query;
end;
$$;
comment on function private.search_tasks is
    'Ids of the tasks in these projects that match, in order, each found by an index. The policies know no index for a state, a word
or a tag: the caller names the projects that it may see, and reads the rows under its own policies.';
grant execute on function private.search_tasks to devos_api;
