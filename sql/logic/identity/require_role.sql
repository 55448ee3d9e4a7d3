create function private.require_role(p_role public.app_role)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if private.my_user_id() is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    if not coalesce(public.get_my_role() >= p_role, false) then
        perform private.fail(403, 'role_required', format('This needs the role %s.', p_role), 'Ask an admin.');
    end if;
end;
$$;
comment on function private.require_role is 'PT401 not_signed_in, PT403 role_required.';
