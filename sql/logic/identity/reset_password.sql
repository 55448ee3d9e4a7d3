create function private.reset_password(p_email text, p_encrypted_password text)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid;
    v_sessions integer;
    v_tokens integer;
    v_identities integer;
begin
    update auth.users u
       set encrypted_password = p_encrypted_password, updated_at = statement_timestamp(),
           email_confirmed_at = coalesce(u.email_confirmed_at, statement_timestamp()),
           raw_app_meta_data = u.raw_app_meta_data || '{"provider": "email", "providers": ["email"]}'
     where lower(u.email) = private.normal_email(p_email) and u.deleted_at is null
    returning u.id into v_id;
    if not found then
        return null;
    end if;
    -- Every other way in ends: who is given this password is the only one who has any.
    delete from auth.sessions s where s.user_id = v_id;
    get diagnostics v_sessions = row_count;
    update public.api_tokens t set revoked_at = statement_timestamp() where t.user_id = v_id and t.revoked_at is null;
    get diagnostics v_tokens = row_count;
    -- What a thief may have prepared: further people, and agents.
    update public.invitations i set revoked_at = statement_timestamp()
     where i.created_by = v_id and i.accepted_at is null and i.revoked_at is null;
    update public.registration_tokens t set revoked_at = statement_timestamp() where t.created_by = v_id and t.revoked_at is null;
    delete from auth.identities i where i.user_id = v_id;
    get diagnostics v_identities = row_count;
    delete from private.auth_flows f where f.user_id = v_id;
    perform private.audit('password.reset', null, v_id);
    return jsonb_build_object('sessions', v_sessions, 'tokens', v_tokens, 'identities', v_identities);
end;
$$;
comment on function private.reset_password is
    'Operator: a new password, and the end of every other way into the account; null for an unknown e-mail. Granted to no one.';
