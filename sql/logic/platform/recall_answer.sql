create function private.recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea)
returns json
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_known private.idempotency_keys;
begin
    -- A second request with the same key waits here until the first has committed or gone back.
    insert into private.idempotency_keys (caller, route, key, body_digest)
    values (p_caller, p_route, p_key, p_body_digest)
    on conflict do nothing;
    if found then
        return null;
    end if;
    select * into v_known from private.idempotency_keys k
     where k.caller = p_caller and k.route = p_route and k.key = p_key;
    if v_known.body_digest <> p_body_digest then
        perform private.fail(409, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.',
            'Send a new key, or the same body.');
    end if;
    return v_known.answer;
end;
$$;
comment on function private.recall_answer is
    'Null: the key is new and now held by this transaction. Else the answer given before. PT409 idempotency_key_reused.';
grant execute on function private.recall_answer to devos_login;
