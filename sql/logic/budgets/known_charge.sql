create function private.known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_charge public.service_charges;
begin
    if p_task.id is not null then
        select * into v_charge from public.service_charges c
         where c.task_id = p_task.id and c.attempt = p_task.attempt and c.key = p_key;
    else
        select * into v_charge from public.service_charges c
         where c.task_id is null and c.user_id = private.my_user_id() and c.key = p_key;
    end if;
    if v_charge.amount <> p_amount or v_charge.asked_service_id <> p_service_id then
        perform private.fail(409, 'idempotency_key_reused', 'This key was used for another charge.',
            'Send a new key, or the same charge.');
    end if;
    return v_charge.answer;
end;
$$;
comment on function private.known_charge is
    'The answer to the charge this attempt, or this person, made with this key; null when there is none.
PT409 idempotency_key_reused.';
