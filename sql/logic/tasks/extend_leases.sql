create function public.extend_leases(p_leases jsonb, p_lease_seconds integer default 60)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.require_agent();
    v_kept jsonb;
begin
    if coalesce(jsonb_typeof(p_leases), '') <> 'array' or jsonb_array_length(p_leases) not between 1 and 1000
       or not coalesce(p_lease_seconds between 1 and 3600, false) then
        perform private.fail(422, 'invalid_leases', 'Renew 1 to 1000 leases, for 1 to 3600 seconds.');
    end if;
    perform private.touch_agent(v_agent);
    -- A row is written when a fifth of what is asked for has passed: an agent stops its handler at four fifths of a lease
    -- that it could not renew, so one that counts the whole lease from each answer still stops in time.
    update public.tasks t
       set lease_expires_at = private.lease_end(p_lease_seconds, t.started_at, t.timeout_seconds),
           lease_seconds = p_lease_seconds
      from (select distinct l.task_id, l.lease_token
              from jsonb_to_recordset(p_leases) as l (task_id uuid, lease_token bigint)) l
     where t.id = l.task_id and t.lease_token = l.lease_token and t.agent_id = v_agent
       and coalesce(t.lease_expires_at > statement_timestamp(), false)
       and t.lease_expires_at < statement_timestamp() + 0.8 * p_lease_seconds * interval '1 second'
       and t.lease_expires_at < private.lease_end(p_lease_seconds, t.started_at, t.timeout_seconds);
    select jsonb_object_agg(t.id || ':' || t.lease_token, jsonb_build_object(
               'lease_expires_at', t.lease_expires_at, 'cancel_requested', t.cancel_requested_at is not null,
               'lease_left_seconds', extract(epoch from t.lease_expires_at - statement_timestamp())))
      into v_kept
      from jsonb_to_recordset(p_leases) as l (task_id uuid, lease_token bigint)
      join public.tasks t on t.id = l.task_id
     where t.lease_token = l.lease_token and t.agent_id = v_agent
       and coalesce(t.lease_expires_at > statement_timestamp(), false);
    return (
        select jsonb_agg(jsonb_build_object('task_id', l.task_id, 'outcome', 'lease_lost', 'cancel_requested', false,
                   'lease_expires_at', null, 'lease_left_seconds', 0)
               || coalesce(v_kept -> (l.task_id || ':' || l.lease_token) || '{"outcome": "extended"}', '{}') order by l.nr)
          from rows from (jsonb_to_recordset(p_leases) as (task_id uuid, lease_token bigint))
               with ordinality as l (task_id, lease_token, nr));
end;
$$;
comment on function public.extend_leases is
    'Renew many leases in one call, none past the time limit of its task: per lease {task_id, outcome: extended | lease_lost,
cancel_requested, lease_expires_at, lease_left_seconds}. One of which four fifths are left is as good as renewed, and not written.
PT403 agent_required, PT422 invalid_leases.';
grant execute on function public.extend_leases to agent;
