create function private.refresh_session(p_token text, p_next text)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_session record;
    v_token record;
begin
    -- The session first: two refreshes stand in line here, and whoever ends it, ends it before or after both.
    select s.id, s.user_id into v_session
      from auth.sessions s
      join auth.refresh_tokens t on t.session_id = s.id
     where t.token = p_token and s.not_after > statement_timestamp()
       for no key update of s;
    select t.revoked, t.updated_at > clock_timestamp() - interval '10 seconds' as just_now into v_token
      from auth.refresh_tokens t
      join auth.users u on u.id = v_session.user_id
     where t.token = p_token and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true);
    if not found then
        return jsonb_build_object('outcome', 'unknown', 'session', null);
    end if;
    if v_token.revoked and not v_token.just_now then
        -- Somebody else has had it: everything that came of it ends. Returned, not raised, or it would not end.
        delete from auth.sessions s where s.id = v_session.id;
        perform private.audit('session.reuse', null, v_session.user_id, jsonb_build_object('session_id', v_session.id));
        return jsonb_build_object('outcome', 'reused', 'session', null);
    end if;
    update auth.refresh_tokens t set revoked = true, updated_at = clock_timestamp() where t.token = p_token and not t.revoked;
    -- The next token follows from this one, so two tabs, or one whose answer was lost, go on with the same.
    insert into auth.refresh_tokens (session_id, user_id, token, parent)
    values (v_session.id, v_session.user_id, p_next, p_token)
    on conflict (token) do nothing;
    update auth.sessions s
       set refreshed_at = statement_timestamp(), not_after = statement_timestamp() + interval '30 days'
     where s.id = v_session.id;
    return jsonb_build_object('outcome', 'refreshed', 'session', private.describe_session(v_session.id));
end;
$$;
comment on function private.refresh_session is
    'Trade a refresh token (both by their hashes) for the next one: {outcome: refreshed, session}. The same token again '
    'within ten seconds gets the same next one; later {outcome: reused}, and the session has ended. Else {outcome: unknown}.';
grant execute on function private.refresh_session to devos_login;
