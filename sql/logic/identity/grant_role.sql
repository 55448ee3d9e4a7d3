-- With its caller's rights, and not its owner's: on Supabase only the deployer may read who is there.
create function private.grant_role(p_email text, p_role public.app_role)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid;
    v_confirmed boolean;
begin
    -- In turn with set_role().
    perform pg_advisory_xact_lock(hashtextextended('devos.admins', 0));
    lock table public.user_roles in share row exclusive mode;
    select u.id, u.email_confirmed_at is not null into v_id, v_confirmed
      from auth.users u where lower(u.email) = private.normal_email(p_email) and u.deleted_at is null;
    if not found then
        return 'unknown';
    end if;
    if not v_confirmed then
        return 'unconfirmed';
    end if;
    if p_role < 'admin' and not exists (
        select from public.user_roles r where r.role = 'admin' and r.user_id <> v_id and private.is_active_user(r.user_id)
    ) then
        return 'last_admin';
    end if;
    insert into public.user_roles (user_id, role) values (v_id, p_role)
        on conflict (user_id) do update set role = excluded.role;
    perform private.audit('role.grant', null, v_id, jsonb_build_object('role', p_role));
    return 'granted';
end;
$$;
comment on function private.grant_role is
    'Operator: give a person a role. granted, or unknown, unconfirmed, last_admin. Granted to no one.';
