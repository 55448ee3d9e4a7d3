create function private.book_charge(
    p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text,
    p_note text, p_suspended boolean
) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_answer jsonb := jsonb_build_object(
        'charged', true, 'reason', null,
        'service_asked', private.service_ref(p_asked), 'service_used', private.service_ref(p_service),
        'delegated_from', case when p_asked.id <> p_service.id then private.service_ref(p_asked) end,
        'suspended_now', p_suspended,
        'remaining', (p_service."limit" - p_service.spent - p_service.reserved - p_amount)::text, 'charge_id', v_id);
begin
    update public.service_registry s set spent = s.spent + p_amount where s.id = p_service.id;
    insert into public.service_charges (
        id, project_id, service_id, asked_service_id, task_id, attempt, agent_id, user_id, key, amount, note, answer)
    values (v_id, p_service.project_id, p_service.id, p_asked.id, p_task.id, p_task.attempt, private.my_agent_id(),
            private.my_user_id(), p_key, p_amount, p_note, v_answer);
    perform private.emit('service.charged', p_service.project_id, p_service.id, jsonb_build_object(
        'name', p_service.name, 'amount', p_amount::text, 'task_id', p_task.id, 'attempt', p_task.attempt, 'key', p_key,
        'delegated_from', case when p_asked.id <> p_service.id then p_asked.name end));
    return v_answer;
end;
$$;
comment on function private.book_charge is 'Write a charge that fits a locked service. Returns the answer of charge_service.';
