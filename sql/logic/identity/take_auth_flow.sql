create function private.take_auth_flow(p_state_hash bytea, p_code_hash bytea)
returns jsonb
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    update private.auth_flows f set code_hash = p_code_hash
     where f.state_hash = p_state_hash and f.code_hash is null and f.expires_at > statement_timestamp()
    returning jsonb_build_object('provider', f.provider, 'redirect_to', f.redirect_to)
$$;
comment on function private.take_auth_flow is
    'The browser comes back: its state counts once, and the code for the client takes its place. Null for a state that is unknown, used or late.';
grant execute on function private.take_auth_flow to devos_login;
