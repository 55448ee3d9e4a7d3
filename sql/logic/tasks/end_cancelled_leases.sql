-- as: devos_jobs
create function private.end_cancelled_leases()
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_error constant jsonb := '{"code": "cancel_ignored", "message": "The task was cancelled, and its agent did not stop in time."}';
    v_ids uuid[];
    v_projects uuid[];
    v_data jsonb[];
begin
    with late as (
        select t.id, t.agent_id, t.lease_token
          from public.tasks t join public.projects p on p.id = t.project_id
         where t.state = 'running' and t.cancel_requested_at is not null
           and t.cancel_requested_at <= statement_timestamp() - p.cancel_grace_seconds * interval '1 second'
         order by t.cancel_requested_at limit 1000 for update of t skip locked
    ), ended as (
        update public.tasks t
           set state = 'cancelled', last_error = v_error, finished_at = statement_timestamp(), updated_at = statement_timestamp(),
               lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null
          from late l
         where t.id = l.id and t.lease_token = l.lease_token
        returning t.id, t.project_id, t.attempt, t.started_at, l.agent_id, l.lease_token
    ), kept as (
        insert into public.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, error, started_at)
        select e.id, e.attempt, e.project_id, e.agent_id, e.lease_token, 'cancelled', v_error, e.started_at from ended e
    )
    select array_agg(e.id), array_agg(e.project_id), array_agg(jsonb_build_object('attempt', e.attempt, 'error', v_error))
      into v_ids, v_projects, v_data
      from ended e;
    if v_ids is null then
        return 0;
    end if;
    perform private.emit_each(array_fill('task.cancelled'::text, array[cardinality(v_ids)]), v_projects, v_ids, v_data);
    perform private.settle_dependents(v_ids);
    perform private.wake_limited(array(select distinct t.project_id from public.tasks t where t.id = any (v_ids) and t.is_limited));
    return cardinality(v_ids);
end;
$$;
comment on function private.end_cancelled_leases is
    'Take cancelled tasks from agents that go on past the grace of the project. Returns how many.';
grant execute on function private.end_cancelled_leases to devos_worker;
