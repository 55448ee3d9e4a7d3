-- as: devos_lookup
create function private.my_user_id()
returns uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    -- The session is read each time, so that signing out holds on the next request and not when the token runs out.
    select s.user_id
      from auth.sessions s
      join auth.users u on u.id = s.user_id
     where s.id = (private.claims() ->> 'session_id')::uuid
       and s.user_id = (private.claims() ->> 'sub')::uuid
       and coalesce(s.not_after > statement_timestamp(), true)
       and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
$$;
comment on function private.my_user_id is 'The person of this request, if the session lives and the person is not banned.';
grant execute on function private.my_user_id to authenticated, agent, integration, devos_api, devos_journal, devos_jobs;
