create function private.use_invitation(p_id uuid)
returns public.invitations
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid := private.claims() ->> 'sub';
    v_invitation public.invitations;
begin
    -- Of two who come with it one finds it open, and only who has its e-mail finds it at all: a policy.
    update public.invitations i set accepted_at = statement_timestamp(), accepted_by = v_user
     where i.id = p_id and i.accepted_at is null and i.revoked_at is null and i.expires_at > statement_timestamp()
       and i.email = private.my_email()
    returning * into v_invitation;
    if not found then
        perform private.fail(403, 'invitation_not_valid', 'This invitation is not valid for you.',
            'Sign in with the e-mail that was invited, or ask for a new invitation.');
    end if;
    -- The same invitation sent twice lets in once: what is taken away later must not come back by the other.
    update public.invitations i set revoked_at = statement_timestamp()
     where i.email = v_invitation.email and i.accepted_at is null and i.revoked_at is null
       and i.team_id is not distinct from v_invitation.team_id and i.project_id is not distinct from v_invitation.project_id;
    insert into public.user_roles (user_id) values (v_user) on conflict do nothing;
    update public.user_roles r set role = v_invitation.role where r.user_id = v_user and r.role < v_invitation.role;
    if v_invitation.team_id is not null then
        insert into public.team_members (team_id, user_id) values (v_invitation.team_id, v_user) on conflict do nothing;
    end if;
    if v_invitation.project_id is not null then
        insert into public.project_members (project_id, user_id) values (v_invitation.project_id, v_user)
        on conflict do nothing;
    end if;
    perform private.emit('invitation.accepted', v_invitation.project_id, p_id, jsonb_build_object('role', v_invitation.role));
    perform private.audit('invitation.accept', v_invitation.project_id, p_id,
        jsonb_build_object('role', v_invitation.role, 'team_id', v_invitation.team_id));
    return v_invitation;
end;
$$;
comment on function private.use_invitation is
    'Let the person of this request in: its role is raised, never lowered, and it becomes a member. PT403 invitation_not_valid.';
