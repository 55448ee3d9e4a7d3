create function private.create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean)
returns uuid
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_invitations uuid[] := array(select private.open_invitations(p_email));
    v_invitation uuid;
begin
    if not p_open and cardinality(v_invitations) = 0 then
        return null;
    end if;
    insert into auth.users (id, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (v_id, p_email, statement_timestamp(),
        jsonb_build_object('provider', p_provider, 'providers', jsonb_build_array(p_provider)), p_profile);
    -- The new person acts for a moment: what an invitation gives, it gives to whom it was written to.
    perform set_config('request.jwt.claims', format('{"role":"authenticated","sub":"%s"}', v_id), true);
    perform private.audit('person.sign_up', null, v_id, jsonb_build_object('email', p_email, 'provider', p_provider));
    foreach v_invitation in array v_invitations loop
        perform private.use_invitation(v_invitation);
    end loop;
    perform set_config('request.jwt.claims', '', true);
    return v_id;
end;
$$;
comment on function private.create_invited is
    'A new account for an e-mail that a provider verified, with what its open invitations promise; null when it has none and sign-up is not open.';
