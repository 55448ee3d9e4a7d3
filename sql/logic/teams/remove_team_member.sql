create function public.remove_team_member(p_team_id uuid, p_user_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    -- An invitation sent twice would bring the member back.
    update public.invitations i set revoked_at = statement_timestamp()
      from private.find_people(array[p_user_id], 1) p
     where i.email = private.normal_email(p.email) and i.team_id = p_team_id and i.accepted_at is null and i.revoked_at is null;
    delete from public.team_members m where m.team_id = p_team_id and m.user_id = p_user_id;
    if not found then
        perform private.fail(404, 'user_not_found', 'The team has no such member.');
    end if;
    perform private.emit('team.member_removed', null, p_team_id, jsonb_build_object('user_id', p_user_id));
    perform private.audit('team.remove_member', null, p_team_id, jsonb_build_object('user_id', p_user_id));
end;
$$;
comment on function public.remove_team_member is
    'Take a person out of a team. PT403 role_required, PT404 team_not_found, user_not_found.';
grant execute on function public.remove_team_member to authenticated;
