create function private.trade_auth_code(p_code_hash bytea, p_code_challenge text)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_flow private.auth_flows;
begin
    -- Gone whatever comes of it: a code is tried once.
    delete from private.auth_flows f where f.code_hash = p_code_hash and f.user_id is not null returning * into v_flow;
    if not found or v_flow.expires_at <= statement_timestamp() then
        return jsonb_build_object('outcome', 'flow_state_not_found', 'user_id', null);
    end if;
    if v_flow.code_challenge <> p_code_challenge then
        return jsonb_build_object('outcome', 'bad_code_verifier', 'user_id', null);
    end if;
    return jsonb_build_object('outcome', 'traded', 'user_id', v_flow.user_id);
end;
$$;
comment on function private.trade_auth_code is
    'Trade the code of a finished sign-in: {outcome: traded, user_id} for the client that began it, who alone knows what its challenge was made from.';
grant execute on function private.trade_auth_code to devos_login;
