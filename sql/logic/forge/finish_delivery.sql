-- as: devos_jobs
create function private.finish_delivery(p_id uuid, p_state text, p_reason text default null, p_task jsonb default null)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_delivery public.webhook_deliveries;
    v_made uuid[] := '{}';
begin
    select * into v_delivery from public.webhook_deliveries d where d.id = p_id for update;
    if not found or v_delivery.state <> 'received' then
        return jsonb_build_object('task_id', null);
    end if;
    if p_task is not null then
        v_made := private.insert_tasks(jsonb_build_array(p_task || jsonb_build_object('project_id', v_delivery.project_id)));
    end if;
    update public.webhook_deliveries d
       set state = p_state, finished_at = statement_timestamp(), task_id = v_made[1],
           reason = coalesce(p_reason, case when p_task is not null and v_made = '{}' then 'task_exists' end)
     where d.id = p_id
    returning * into v_delivery;
    perform private.emit('webhook.processed', v_delivery.project_id, v_delivery.id, jsonb_strip_nulls(jsonb_build_object(
        'delivery_id', v_delivery.delivery_id, 'state', p_state, 'reason', v_delivery.reason, 'task_id', v_made[1])));
    return jsonb_build_object('task_id', v_made[1]);
end;
$$;
comment on function private.finish_delivery is
    'Job: close a delivery and, in the same transaction, create the task it asks for, once per dedupe_key. Twice is once.';
grant execute on function private.finish_delivery to devos_worker;
