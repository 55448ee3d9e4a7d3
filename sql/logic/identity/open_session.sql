create function private.open_session(
    p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text default null
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    -- Whoever bans a person or changes the password writes this row and then ends the sessions: ours is among them, or never opened.
    update auth.users u set last_sign_in_at = statement_timestamp()
     where u.id = p_user_id and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
       and coalesce(u.encrypted_password = p_encrypted_password, p_encrypted_password is null);
    if not found then
        return null;
    end if;
    insert into auth.sessions (id, user_id, user_agent, ip, not_after)
    values (v_id, p_user_id, left(p_user_agent, 500), p_ip, statement_timestamp() + interval '30 days');
    insert into auth.refresh_tokens (session_id, user_id, token) values (v_id, p_user_id, p_refresh_token);
    return private.describe_session(v_id);
end;
$$;
comment on function private.open_session is
    'A session of a person who has shown who they are, with the hash of its first refresh token. Null when the person is '
    'banned or gone, or the password is no longer the one that was checked.';
grant execute on function private.open_session to devos_login;
