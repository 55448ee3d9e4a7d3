create function private.create_admin(p_email text, p_encrypted_password text)
returns text
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_email text := private.normal_email(p_email);
begin
    if v_email is null then
        return 'invalid_email';
    end if;
    insert into auth.users (id, email, encrypted_password, email_confirmed_at)
    values (v_id, v_email, p_encrypted_password, statement_timestamp())
    on conflict do nothing;
    if not found then
        return 'exists';
    end if;
    update public.user_roles set role = 'admin' where user_id = v_id;
    perform private.audit('admin.create', null, v_id, jsonb_build_object('email', v_email));
    return 'created';
end;
$$;
comment on function private.create_admin is
    'Operator: a further admin with a password. created, or exists, invalid_email. Granted to no one.';
