-- as: devos_lookup
create function private.find_login(p_email text)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('id', u.id, 'email', u.email, 'encrypted_password', u.encrypted_password)
      from auth.users u
     where lower(u.email) = private.normal_email(p_email) and u.deleted_at is null
       and coalesce(u.banned_until <= statement_timestamp(), true)
$$;
comment on function private.find_login is 'For the login alone: id, e-mail and password hash of a person; null for an unknown one.';
grant execute on function private.find_login to devos_login;
