-- as: devos_jobs
create function public.reap_expired_leases()
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_error constant jsonb := '{"code": "lease_expired", "message": "The agent fell silent and its lease ran out."}';
    v_timeout constant jsonb := '{"code": "timeout", "message": "The agent did not end the attempt within the time limit of the task."}';
    v_ids uuid[];
    v_projects uuid[];
    v_data jsonb[];
begin
    with gone as (
        select t.id, t.agent_id, t.lease_token, t.lease_expires_at from public.tasks t
         where t.state = 'running' and t.lease_expires_at <= statement_timestamp()
         order by t.lease_expires_at limit 1000 for update skip locked
    ), reaped as (
        update public.tasks t
           set (state, retry_count, finished_at) = (
                   select n.state, t.retry_count + (n.state = 'pending')::integer,
                          case when n.state <> 'pending' then statement_timestamp() end
                     from (select (case when t.cancel_requested_at is not null then 'cancelled'
                                        when t.retry_count < t.max_retries then 'pending'
                                        else 'failed' end)::public.task_state as state) n),
               last_error = case when t.started_at + t.timeout_seconds * interval '1 second' <= statement_timestamp()
                   then v_timeout else v_error end,
               -- run_at stays: the task keeps its place in line, however many wait behind it.
               updated_at = statement_timestamp(),
               lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null
          from gone g
         where t.id = g.id and t.state = 'running' and t.lease_token = g.lease_token
           and t.lease_expires_at <= statement_timestamp()
        returning t.id, t.project_id, t.attempt, t.state, t.started_at, t.last_error, g.agent_id, g.lease_token, g.lease_expires_at
    ), ended as (
        insert into public.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, error, started_at)
        select r.id, r.attempt, r.project_id, r.agent_id, r.lease_token, 'lease_expired', r.last_error, r.started_at from reaped r
    )
    select array_agg(r.id), array_agg(r.project_id),
           array_agg(jsonb_build_object('attempt', r.attempt, 'state', r.state, 'lease_expires_at', r.lease_expires_at))
      into v_ids, v_projects, v_data
      from reaped r;
    if v_ids is null then
        return 0;
    end if;
    perform private.emit_each(array_fill('task.lease_expired'::text, array[cardinality(v_ids)]), v_projects, v_ids, v_data);
    perform private.settle_dependents(v_ids);
    perform private.enqueue('tasks.ready',
        (select array_agg(distinct jsonb_build_object('kind', t.kind)) from public.tasks t where t.id = any (v_ids)));
    perform private.wake_limited(array(select distinct t.project_id from public.tasks t where t.id = any (v_ids) and t.is_limited));
    return cardinality(v_ids);
end;
$$;
comment on function public.reap_expired_leases is
    'Take tasks back from agents that fell silent: to pending while retries are left, else failed. Returns how many.';
grant execute on function public.reap_expired_leases to devos_worker;
