create function private.open_session(p_user_id uuid, p_user_agent text, p_ip inet)
returns jsonb
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    insert into auth.sessions (id, user_id, user_agent, ip, not_after)
    values (private.new_id(), p_user_id, left(p_user_agent, 500), p_ip, statement_timestamp() + interval '10 minutes')
    returning jsonb_build_object(
        'session_id', id, 'issued_at', floor(extract(epoch from created_at))::bigint,
        'expires_at', floor(extract(epoch from not_after))::bigint)
$$;
comment on function private.open_session is
    'A session of a person whose password was checked. It lives as long as its one access token.';
grant execute on function private.open_session to devos_login;
