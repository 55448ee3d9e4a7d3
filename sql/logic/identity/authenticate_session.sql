-- as: devos_lookup
create function private.authenticate_session(p_user_id uuid, p_session_id uuid)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('id', u.id, 'email', u.email, 'role', r.role)
      from auth.sessions s
      join auth.users u on u.id = s.user_id
      left join public.user_roles r on r.user_id = u.id
     where s.id = p_session_id and s.user_id = p_user_id and u.deleted_at is null
       and coalesce(s.not_after > statement_timestamp(), true)
       and coalesce(u.banned_until <= statement_timestamp(), true)
$$;
comment on function private.authenticate_session is 'The person of a living session; null when it has ended.';
grant execute on function private.authenticate_session to devos_login;
