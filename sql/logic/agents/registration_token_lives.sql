-- as: devos_lookup
create function private.registration_token_lives(p_token_id uuid)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Nobody keeps by a token what they may no longer do themselves.
    select exists (
        select from public.registration_tokens t
          join public.user_roles r on r.user_id = t.created_by
         where t.id = p_token_id and t.revoked_at is null and t.expires_at > statement_timestamp()
           and r.role >= 'supervisor' and private.is_active_user(r.user_id))
$$;
comment on function private.registration_token_lives is
    'Whether a registration token is neither revoked nor expired, and its creator active and still a supervisor.';
