create function private.answer_finished(p_items jsonb, p_results json, p_numbers bigint[])
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_agg(coalesce(
               p_results -> (array_position(p_numbers, x.nr) - 1),
               json_build_object(
                   'task_id', x.task_id,
                   -- Told before, and the answer was lost on its way: nothing is done twice.
                   'outcome', case when exists (
                       select from public.task_attempts a
                        where a.lease_token = x.lease_token and a.task_id = x.task_id
                          and a.agent_id = (select private.my_agent_id())
                          and a.outcome <> 'lease_expired'
                          and a.error ->> 'code' is distinct from 'cancel_ignored') then 'duplicate' else 'lease_lost' end,
                   'state', null)) order by x.nr)
      from rows from (jsonb_to_recordset(p_items) as (task_id uuid, lease_token bigint))
           with ordinality as x (task_id, lease_token, nr)
$$;
comment on function private.answer_finished is
    'What became of each item of finish_tasks, in the order sent; p_numbers are the items that the results are for.';
