create function public.change_account(
    p_email text default null, p_data jsonb default '{}', p_encrypted_password text default null
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid := private.my_user_id();
    v_session uuid := (private.claims() ->> 'session_id')::uuid;
begin
    if v_user is null or v_session is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    if p_email is not null and private.normal_email(p_email) is distinct from private.my_email() then
        perform private.fail(422, 'email_change_not_supported', 'An e-mail cannot be changed here.',
            'Ask an admin for an invitation to the other one.');
    end if;
    update auth.users u
       set raw_user_meta_data = private.merge_metadata(u.raw_user_meta_data, p_data),
           encrypted_password = coalesce(p_encrypted_password, u.encrypted_password),
           updated_at = statement_timestamp()
     where u.id = v_user;
    if p_encrypted_password is not null then
        delete from auth.sessions s where s.user_id = v_user and s.id <> v_session;
        perform private.audit('password.change', null, v_user);
    end if;
    return private.describe_user(v_user);
end;
$$;
comment on function public.change_account is
    'Change the caller''s own metadata (null takes a member away) and password; a new password ends all other sessions. '
    'PT401 not_signed_in, PT413 metadata_too_large, PT422 email_change_not_supported.';
grant execute on function public.change_account to authenticated;
