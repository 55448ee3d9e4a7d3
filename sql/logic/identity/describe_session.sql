create function private.describe_session(p_session_id uuid)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'session_id', s.id,
               'issued_at', floor(extract(epoch from statement_timestamp()))::bigint,
               'expires_at', floor(extract(epoch from least(statement_timestamp() + interval '10 minutes', s.not_after)))::bigint,
               'user', private.describe_user(s.user_id))
      from auth.sessions s
     where s.id = p_session_id
$$;
comment on function private.describe_session is
    'What an access token of a session says: whose it is, and for which ten minutes, in Unix seconds.';
