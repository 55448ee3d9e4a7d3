create function private.answer_finished(p_items jsonb, p_done jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(jsonb_build_object(
               'task_id', i.task_id,
               'outcome', case
                   when i.done then p_done -> i.task_id::text ->> 'outcome'
                   -- Told before, and the answer was lost on its way: nothing is done twice.
                   when exists (select from public.task_attempts a
                                 where a.lease_token = i.lease_token and a.task_id = i.task_id
                                   and a.agent_id = (select private.my_agent_id())
                                   and a.outcome <> 'lease_expired'
                                   and a.error ->> 'code' is distinct from 'cancel_ignored') then 'duplicate'
                   else 'lease_lost' end,
               'state', case when i.done then p_done -> i.task_id::text ->> 'state' end)
               order by i.nr)
      from (select x.task_id, x.lease_token, x.nr,
                   row_number() over (partition by x.task_id, x.lease_token order by x.nr) = 1
                   and coalesce(p_done -> x.task_id::text ->> 'lease_token' = x.lease_token::text, false) as done
              from rows from (jsonb_to_recordset(p_items) as (task_id uuid, lease_token bigint))
                   with ordinality as x (task_id, lease_token, nr)) i
$$;
comment on function private.answer_finished is 'What became of each item of finish_tasks, in the order sent.';
