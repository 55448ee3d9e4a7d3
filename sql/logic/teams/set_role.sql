create function public.set_role(p_user_id uuid, p_role public.app_role)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_person jsonb;
begin
    perform private.lock_admins();
    v_person := public.read_person(p_user_id);
    if v_person ->> 'role' = p_role::text then
        return v_person;
    end if;
    if p_role <> 'admin' then
        perform private.require_other_admin(p_user_id);
    end if;
    insert into public.user_roles (user_id, role) values (p_user_id, p_role)
    on conflict (user_id) do update set role = excluded.role;
    perform private.emit('user.role_changed', null, p_user_id, jsonb_build_object('role', p_role));
    perform private.audit('user.set_role', null, p_user_id, jsonb_build_object('from', v_person -> 'role', 'to', p_role));
    return v_person || jsonb_build_object('role', p_role);
end;
$$;
comment on function public.set_role is
    'Give a person a role; it holds with their next request. PT403 role_required, PT404 user_not_found, PT409 last_admin.';
grant execute on function public.set_role to authenticated;
