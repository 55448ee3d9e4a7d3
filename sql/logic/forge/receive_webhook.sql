create function public.receive_webhook(
    p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_repository public.repositories := private.find_repository(p_forge, p_repository_external_id);
    v_state text := case when v_repository.id is null then 'unmapped' when p_event = 'pull_request' then 'received' else 'ignored' end;
begin
    -- The forge signs the body alone: a replay under a new delivery id is known by its body.
    insert into public.webhook_deliveries (
        id, project_id, repository_id, forge, delivery_id, event, body_sha256, body, state)
    values (v_id, v_repository.project_id, v_repository.id, p_forge, p_delivery_id, p_event, sha256(p_body), p_body, v_state)
    on conflict do nothing;
    if not found then
        return jsonb_build_object('outcome', 'duplicate', 'delivery_id', p_delivery_id);
    end if;
    if v_state = 'received' then
        perform private.enqueue('webhook.received', array[jsonb_build_object('id', v_id)]);
    end if;
    perform private.emit('webhook.received', v_repository.project_id, v_id, jsonb_build_object(
        'forge', p_forge, 'event', p_event, 'delivery_id', p_delivery_id, 'state', v_state));
    return jsonb_build_object('delivery_id', p_delivery_id, 'outcome',
        case v_state when 'received' then 'accepted' when 'unmapped' then 'unknown_repository' else 'ignored' end);
end;
$$;
comment on function public.receive_webhook is
    'Store a delivery whose signature was checked, for the worker. Answers {outcome: accepted | duplicate | unknown_repository | ignored, delivery_id}.';
grant execute on function public.receive_webhook to integration;
