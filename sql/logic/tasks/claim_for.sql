create function private.claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer)
returns json
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_tasks json;
    v_ids uuid[];
    v_projects uuid[];
    v_data jsonb[];
    v_picked uuid[];
    v_served uuid[] := nullif(current_setting('devos.served', true), '');
    v_seed bigint := random() * 1e18;
    v_heads jsonb := nullif(current_setting('devos.heads', true), '');
    v_began timestamptz := clock_timestamp();
begin
    -- coalesce: a null limit would claim without one.
    if not coalesce(p_limit between 0 and 200 and p_lease_seconds between 1 and 3600, false) then
        perform private.fail(422, 'invalid_claim', 'Claim 0 to 200 tasks, for 1 to 3600 seconds.');
    end if;
    if exists (select from public.agent_lanes al where al.agent_id = p_agent_id and al.is_limited and al.kind = any (p_kinds)) then
        v_picked := private.pick_limited(p_agent_id, p_kinds, p_limit, v_served, v_seed);
    end if;
    if v_heads is not null and not exists (
        select from jsonb_each(v_heads) h where (h.value ->> 'until')::timestamptz > statement_timestamp()
    ) then
        v_heads := nullif(set_config('devos.heads', '', false), '');
    end if;
    with claimed as (
        update public.tasks t
           set state = 'running', agent_id = p_agent_id, attempt = t.attempt + 1,
               lease_token = nextval('private.lease_tokens'),
               lease_seconds = least(p_lease_seconds, t.timeout_seconds + 30),
               lease_expires_at = private.lease_end(p_lease_seconds, statement_timestamp(), t.timeout_seconds),
               started_at = statement_timestamp(), updated_at = statement_timestamp(), is_limited = v_picked is not null
         -- case: with coalesce the policies would have to come before the index.
         where t.id = any (case when v_picked is not null then v_picked else array(
            select c.id
              from (select p.priority, al.lane_id
                      from generate_series(1, 4) as p (priority), public.agent_lanes al
                     where al.agent_id = p_agent_id and al.kind = any (p_kinds)
                     -- Projects take turns, and so do the lanes of one: nobody's backlog keeps another's task waiting.
                     order by p.priority, array_position(v_served, al.project_id) nulls first,
                              uuid_hash_extended(al.project_id, v_seed), hashint8extended(al.lane_id, v_seed)) as l
             -- Lazy: a lane is looked into only while the lanes before it have not filled the limit.
             cross join lateral (
                select q.id from public.tasks q
                 where q.lane_id = l.lane_id and q.queue_priority = l.priority and q.state = 'pending'
                   and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
                   and q.run_at >= case when v_heads is null then '-infinity'
                                        else private.head_of(v_heads, l.lane_id || ':' || l.priority) end
                 order by q.run_at, q.id limit p_limit
                 for update skip locked) as c
             limit p_limit) end)
        returning t.*
    )
    -- json and not jsonb: it leaves as text, and nothing here looks into it.
    select json_agg(row_to_json(told) order by c.queue_priority, c.run_at, c.id),
           array_agg(c.id), array_agg(c.project_id), array_agg(jsonb_build_object('attempt', c.attempt))
      into v_tasks, v_ids, v_projects, v_data
      from claimed c
     cross join lateral (
        select c.id, c.project_id, c.kind, c.title, c.description, private.priority_name(c.priority) as priority, c.input,
               c.attempt, c.retry_count, c.checkpoint, c.lease_token, c.lease_expires_at, c.lease_seconds, c.timeout_seconds, c.tags,
               c.resource_requirements, c.expected_artifacts, c.acceptance) told;
    if p_limit > 0 and v_picked is null
       and clock_timestamp() - v_began > (20 + 0.1 * coalesce(cardinality(v_ids), 0)) * interval '1 millisecond' then
        perform private.note_lane_heads(p_agent_id, p_kinds, v_ids, p_limit, clock_timestamp() - v_began);
    end if;
    if v_ids is null then
        return case when p_limit > 0 and v_picked is null and private.reap_unasked() > 0
                    then private.claim_for(p_agent_id, p_kinds, p_limit, p_lease_seconds) else '[]' end;
    end if;
    if not coalesce(v_served[array_upper(v_served, 1)] = all (v_projects), false) then
        perform private.note_served(v_served, v_projects);
    end if;
    perform private.emit_each(array_fill('task.claimed'::text, array[cardinality(v_ids)]), v_projects, v_ids, v_data);
    return v_tasks;
end;
$$;
comment on function private.claim_for is
    'Lease up to p_limit pending tasks of the agent''s lanes: priority first, then whose project''s turn it is, then age within a lane.
PT422 invalid_claim.';
