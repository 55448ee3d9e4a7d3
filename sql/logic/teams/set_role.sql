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
    if p_role > (v_person ->> 'role')::public.app_role or v_person ->> 'role' is null then
        perform private.require_session();
        -- An address that somebody typed in is not yet theirs.
        if p_role > 'viewer' and not private.has_confirmed_email(p_user_id) then
            perform private.fail(409, 'email_unconfirmed', 'Nobody has shown that this e-mail is theirs.',
                'Invite the address with that role: who takes the invitation up has it.');
        end if;
    end if;
    -- What an open invitation promises must not undo this.
    update public.invitations i set revoked_at = statement_timestamp()
     where i.email = private.normal_email(v_person ->> 'email') and i.role > p_role
       and i.accepted_at is null and i.revoked_at is null;
    insert into public.user_roles (user_id, role) values (p_user_id, p_role)
    on conflict (user_id) do update set role = excluded.role;
    perform private.emit('user.role_changed', null, p_user_id, jsonb_build_object('role', p_role));
    perform private.audit('user.set_role', null, p_user_id, jsonb_build_object('from', v_person -> 'role', 'to', p_role));
    return v_person || jsonb_build_object('role', p_role);
end;
$$;
comment on function public.set_role is
    'Give a person a role; it holds with their next request. PT403 role_required, session_required,
PT404 user_not_found, PT409 last_admin, email_unconfirmed.';
grant execute on function public.set_role to authenticated;
