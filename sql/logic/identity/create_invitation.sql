create function public.create_invitation(
    p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer,
    p_token_id text, p_token_hash bytea
) returns public.invitations
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_invitation public.invitations;
begin
    perform private.require_role('supervisor');
    if p_role > 'viewer' then
        perform private.require_role('admin');
        perform private.require_session();
    end if;
    if p_team_id is not null then
        perform private.require_team(p_team_id);
    end if;
    if p_project_id is not null then
        perform private.require_project(array[p_project_id]);
    end if;
    if private.normal_email(p_email) is null then
        perform private.fail(422, 'invalid_email', 'This is no e-mail address.', 'Write it like ada@example.org.');
    end if;
    if not coalesce(p_expires_in_days between 1 and 30, false) then
        perform private.fail(422, 'invalid_expiry', 'An invitation lives 1 to 30 days.');
    end if;
    insert into public.invitations (id, email, role, team_id, project_id, created_by, expires_at)
    values (private.new_id(), private.normal_email(p_email), p_role, p_team_id, p_project_id, private.my_user_id(),
            statement_timestamp() + p_expires_in_days * interval '1 day')
    returning * into v_invitation;
    insert into private.token_hashes (id, kind, token_id, hash)
    values (p_token_id, 'invitation', v_invitation.id, p_token_hash);
    perform private.emit('invitation.created', p_project_id, v_invitation.id, jsonb_build_object('role', p_role));
    perform private.audit('invitation.create', p_project_id, v_invitation.id,
        jsonb_build_object('email', v_invitation.email, 'role', p_role, 'team_id', p_team_id));
    return v_invitation;
end;
$$;
comment on function public.create_invitation is
    'Ask somebody in, and store the SHA-256 of the token that shows it. PT403 role_required, PT403 session_required, PT404 team_not_found, '
    'PT404 project_not_found, PT422 invalid_email, PT422 invalid_expiry.';
grant execute on function public.create_invitation to authenticated;
