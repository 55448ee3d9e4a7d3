-- as: devos_lookup
create function private.is_active_user(p_user_id uuid)
returns boolean
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from auth.users u
         where u.id = p_user_id and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true))
$$;
comment on function private.is_active_user is 'Whether there is such a person, neither removed nor banned.';
grant execute on function private.is_active_user to devos_api;
