create function private.sign_up(
    p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea
) returns uuid
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_email text := private.normal_email(p_email);
    v_invitation public.invitations;
begin
    if v_email is null then
        perform private.fail(422, 'invalid_email', 'This is no e-mail address.', 'Write it like ada@example.org.');
    end if;
    if p_invitation_id is not null then
        v_invitation := private.find_invitation(p_invitation_id, p_invitation_hash);
        if v_invitation.email is distinct from v_email then
            perform private.fail(403, 'invitation_not_valid', 'This invitation is not valid for you.',
                'Sign up with the e-mail that was invited, or ask for a new invitation.');
        end if;
    elsif not p_open then
        perform private.fail(403, 'signup_disabled', 'People come in by invitation here.', 'Ask for one, and send its token along.');
    end if;
    -- The token went through its maker's hands, and proves the e-mail only if an admin made it: whoever else invites an
    -- address could hold an account of its owner's. Nothing else of what is sent says anything about the account.
    insert into auth.users (id, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (v_id, v_email, p_encrypted_password, case when private.may_invite(v_invitation.created_by, 'admin', null, null) then statement_timestamp() end,
            '{"provider": "email", "providers": ["email"]}', private.merge_metadata('{}', p_data))
    on conflict do nothing;
    if not found then
        perform private.fail(422, 'user_already_exists', 'There is an account with this e-mail.', 'Sign in.');
    end if;
    -- From here on it is the new person who acts.
    perform set_config('request.jwt.claims', format('{"role":"authenticated","sub":"%s"}', v_id), true);
    perform private.audit('person.sign_up', null, v_id, jsonb_build_object('email', v_email));
    if v_invitation.id is not null then
        perform private.use_invitation(v_invitation.id);
    end if;
    return v_id;
end;
$$;
comment on function private.sign_up is
    'Make an account: a viewer of nothing, unless an invitation of this e-mail says more. PT403 signup_disabled, '
    'PT403 invitation_not_valid, PT413 metadata_too_large, PT422 invalid_email, PT422 user_already_exists.';
grant execute on function private.sign_up to devos_login;
