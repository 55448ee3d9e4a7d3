create function private.begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text)
returns uuid
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    insert into private.auth_flows (id, provider, state_hash, redirect_to, code_challenge, expires_at)
    values (private.new_id(), p_provider, p_state_hash, p_redirect_to, p_code_challenge,
            statement_timestamp() + interval '10 minutes')
    returning id
$$;
comment on function private.begin_auth_flow is 'A sign-in by way of a provider begins; it has ten minutes to come back.';
grant execute on function private.begin_auth_flow to devos_login;
