create function public.set_activation(p_user_id uuid, p_is_active boolean)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_person jsonb;
begin
    perform private.lock_admins();
    v_person := public.read_person(p_user_id);
    if (v_person ->> 'is_active')::boolean = p_is_active then
        return v_person;
    end if;
    if not p_is_active then
        perform private.require_other_admin(p_user_id);
        update public.invitations i set revoked_at = statement_timestamp()
         where i.email = private.normal_email(v_person ->> 'email') and i.accepted_at is null and i.revoked_at is null;
    end if;
    perform private.mark_active(p_user_id, p_is_active);
    perform private.emit(case when p_is_active then 'user.activated' else 'user.deactivated' end, null, p_user_id);
    perform private.audit('user.set_activation', null, p_user_id, jsonb_build_object('is_active', p_is_active));
    return v_person || jsonb_build_object('is_active', p_is_active);
end;
$$;
comment on function public.set_activation is
    'Let a person in, or out: sessions end, tokens stop and the next request is refused. PT403 role_required, PT404 user_not_found,
PT409 last_admin.';
grant execute on function public.set_activation to authenticated;
