-- as: devos_lookup
create function private.my_registration_token()
returns uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select t.id
      from (select (c ->> 'token_id')::uuid as id from private.claims() c where c ->> 'role' = 'integration') t
     where private.registration_token_lives(t.id)
$$;
comment on function private.my_registration_token is 'The registration token of this request, if it lives.';
grant execute on function private.my_registration_token to devos_api;
