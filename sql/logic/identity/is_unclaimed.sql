create function private.is_unclaimed()
returns boolean
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select not exists (select from auth.users)
$$;
comment on function private.is_unclaimed is 'Deploy: whether nobody has an account yet. Granted to no one.';
