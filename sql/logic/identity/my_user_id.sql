-- as: devos_lookup
create function private.my_user_id()
returns uuid
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    -- Written out, and in this language: every statement under the policies asks, a creation eight times.
    v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '');
begin
    -- Session and token are read each time, so that their end holds on the next request and not when a JWT runs out.
    return (
        select u.id
          from auth.users u
         where u.id = (v_claims ->> 'sub')::uuid
           and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
           and (exists (
                    select from auth.sessions s
                     where s.id = (v_claims ->> 'session_id')::uuid and s.user_id = u.id
                       and coalesce(s.not_after > statement_timestamp(), true))
                or exists (
                    select from public.api_tokens t
                     where t.id = (v_claims ->> 'token_id')::uuid and t.user_id = u.id and t.revoked_at is null
                       and coalesce(t.expires_at > statement_timestamp(), true))));
end;
$$;
comment on function private.my_user_id is
    'The person of this request, if the session or the API token lives and the person is not banned.';
grant execute on function private.my_user_id to authenticated, agent, integration, devos_api, devos_journal, devos_jobs;
