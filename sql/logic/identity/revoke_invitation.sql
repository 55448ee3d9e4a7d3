create function public.revoke_invitation(p_id uuid)
returns boolean
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_invitation public.invitations;
begin
    perform private.require_role('supervisor');
    update public.invitations i set revoked_at = coalesce(i.revoked_at, statement_timestamp())
     where i.id = p_id and i.accepted_at is null
    returning * into v_invitation;
    if not found then
        if exists (select from public.invitations i where i.id = p_id) then
            perform private.fail(409, 'invitation_accepted', 'This invitation was accepted.', 'Take the role or the membership away instead.');
        end if;
        perform private.fail(404, 'invitation_not_found', 'There is no such invitation.', 'List yours with GET /api/invitations.');
    end if;
    perform private.emit('invitation.revoked', v_invitation.project_id, p_id);
    perform private.audit('invitation.revoke', v_invitation.project_id, p_id, jsonb_build_object('email', v_invitation.email));
    return true;
end;
$$;
comment on function public.revoke_invitation is
    'Take an invitation back. PT403 role_required, PT404 invitation_not_found, PT409 invitation_accepted.';
grant execute on function public.revoke_invitation to authenticated;
