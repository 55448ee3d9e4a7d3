create function private.ensure_admin(p_email text, p_encrypted_password text)
returns boolean
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    lock table auth.users in share row exclusive mode;
    if exists (select from auth.users) then
        return false;
    end if;
    insert into auth.users (id, email, encrypted_password, email_confirmed_at)
    values (v_id, private.normal_email(p_email), p_encrypted_password, statement_timestamp());
    update public.user_roles set role = 'admin' where user_id = v_id;
    perform private.audit('admin.create', null, v_id, jsonb_build_object('email', p_email));
    return true;
end;
$$;
comment on function private.ensure_admin is
    'Deploy: the first person of an empty installation, an admin. False when there are people already. Granted to no one.';
