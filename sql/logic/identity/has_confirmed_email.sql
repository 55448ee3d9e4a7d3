-- as: devos_lookup
create function private.has_confirmed_email(p_user_id uuid)
returns boolean
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select exists (select from auth.users u where u.id = p_user_id and u.email_confirmed_at is not null)
$$;
comment on function private.has_confirmed_email is 'Whether it was shown that the e-mail of an account is its owner''s.';
grant execute on function private.has_confirmed_email to devos_api;
