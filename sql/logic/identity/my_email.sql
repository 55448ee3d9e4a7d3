-- as: devos_lookup
create function private.my_email()
returns text
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select private.active_person((private.claims() ->> 'sub')::uuid) ->> 'email'
$$;
comment on function private.my_email is 'The e-mail of the person of this request, in its normal form.';
grant execute on function private.my_email to devos_api;
