-- as: devos_lookup
create function private.my_email()
returns text
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select private.normal_email(u.email)
      from auth.users u
     where u.id = (private.claims() ->> 'sub')::uuid and private.is_active_user(u.id)
$$;
comment on function private.my_email is 'The e-mail of the person of this request, in its normal form.';
grant execute on function private.my_email to devos_api;
