create function private.finish_tasks(p_agent_id uuid, p_items jsonb)
returns json
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_results json;
    v_numbers bigint[];
    v_ready text[];
    v_ids uuid[];
    v_projects uuid[];
    v_types text[];
    v_data jsonb[];
    v_limited uuid[];
begin
    with item as (
        -- A lease named twice in one batch is finished by its first mention.
        select distinct on (i.task_id, i.lease_token) i.*
          from rows from (jsonb_to_recordset(p_items) as (
                   task_id uuid, lease_token bigint, action text, output jsonb, error jsonb, retryable boolean,
                   retry_after_seconds integer, blocked_reason text, later boolean
               )) with ordinality as i (task_id, lease_token, action, output, error, retryable, retry_after_seconds,
                                        blocked_reason, later, nr)
         order by i.task_id, i.lease_token, i.nr
    ), done as (
        update public.tasks t
           set (state, output, last_error, blocked_reason, retry_count, postponed, run_at, queue_priority, finished_at) = (
                   select n.state,
                          case when i.action = 'complete' then coalesce(i.output, '{}') else t.output end,
                          case when i.action = 'fail' then i.error else t.last_error end,
                          case when n.state = 'blocked' then i.blocked_reason end,
                          case when n.again and not n.postponed then t.retry_count + 1 else t.retry_count end,
                          case when n.again and n.postponed then t.postponed + 1 else t.postponed end,
                          case when n.again
                              then statement_timestamp() + private.back_off(t.retry_count, t.retry_base_seconds,
                                       t.retry_cap_seconds, i.retry_after_seconds)
                              else t.run_at end,
                          -- What it has waited ended with the claim.
                          case when n.again then t.priority else t.queue_priority end,
                          case when n.state in ('completed', 'failed', 'cancelled') then statement_timestamp() end
                     from (select s.state, s.postponed, i.action = 'fail' and s.state = 'pending' as again
                             from (select p.postponed, (case
                               when t.cancel_requested_at is not null then 'cancelled'
                               when i.action = 'complete' then 'completed'
                               when i.action = 'release' then 'pending'
                               when i.blocked_reason is not null then 'blocked'
                               when p.postponed or coalesce(i.retryable, true) and t.retry_count < t.max_retries then 'pending'
                               else 'failed'
                           end)::public.task_state as state
                                     -- Later is no failure, up to a hundred times.
                                     from (select coalesce(i.later, false) and t.postponed < 100 as postponed) p) s) n),
               lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null,
               updated_at = statement_timestamp()
          from item i
         where t.id = i.task_id and t.lease_token = i.lease_token and t.agent_id = p_agent_id
           -- By the key, whatever the statistics of a young table say of projects.
           and t.id = any (array(select k.task_id from item k))
           -- coalesce keeps the planner from the lease index: the row is found by its key.
           and coalesce(t.lease_expires_at > statement_timestamp(), false)
        returning t.id, t.project_id, t.attempt, t.state, t.started_at, t.kind, t.run_at, t.is_limited, i.lease_token, i.error, i.nr,
            (case when t.state = 'pending' and i.action = 'release' then 'released'
                  when t.state = 'pending' then 'retried' else t.state::text end)::public.attempt_outcome as outcome
    ), ended as (
        insert into public.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, error, started_at)
        select d.id, d.attempt, d.project_id, p_agent_id, d.lease_token, d.outcome, d.error, d.started_at from done d
    )
    select json_agg(json_build_object('task_id', d.id, 'outcome', d.outcome, 'state', d.state) order by d.nr),
           array_agg(d.nr order by d.nr),
           array_agg(distinct d.kind) filter (where d.state = 'pending'),
           array_agg(d.id), array_agg(d.project_id), array_agg('task.' || d.outcome),
           array_agg(jsonb_strip_nulls(jsonb_build_object('attempt', d.attempt, 'error', d.error,
               'run_at', case when d.state = 'pending' then d.run_at end))),
           array_agg(d.project_id) filter (where d.is_limited)
      into v_results, v_numbers, v_ready, v_ids, v_projects, v_types, v_data, v_limited
      from done d;
    if v_ids is not null then
        perform private.emit_each(v_types, v_projects, v_ids, v_data);
        perform private.settle_dependents(v_ids);
    end if;
    if v_ready is not null then
        perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_ready) k));
    end if;
    if v_limited is not null then
        perform private.wake_limited(array(select distinct unnest(v_limited)));
    end if;
    if cardinality(v_ids) = jsonb_array_length(p_items) then
        return v_results;
    end if;
    return private.answer_finished(p_items, v_results, v_numbers);
end;
$$;
comment on function private.finish_tasks is
    'Complete, fail and release leased tasks, each fenced by its token: one update, one attempt row and one event per task.
Answers each item by itself, in the order sent: {task_id, outcome, state}; outcome duplicate or lease_lost where nothing was done.';
