create function private.handle_new_user()
returns trigger
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.user_roles (user_id) values (new.id) on conflict do nothing;
    return null;
end;
$$;
comment on function private.handle_new_user is 'Trigger of auth.users: a new person is a viewer, whatever it says about itself.';
