create function private.remember_answer(p_caller text, p_route text, p_key text, p_answer json)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    update private.idempotency_keys k set answer = p_answer
     where k.caller = p_caller and k.route = p_route and k.key = p_key
$$;
comment on function private.remember_answer is 'Keep the answer of a keyed request, in the transaction of its effect.';
grant execute on function private.remember_answer to devos_login;
