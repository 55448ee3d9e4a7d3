-- as: devos_lookup
create function private.active_person(p_user_id uuid)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('email', private.normal_email(u.email), 'role', r.role)
      from auth.users u
      join public.user_roles r on r.user_id = u.id
     where u.id = p_user_id and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
$$;
comment on function private.active_person is 'E-mail and platform role of a person; null for one who is banned or gone.';
grant execute on function private.active_person to devos_api;
