create function public.add_team_member(p_team_id uuid, p_user_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    perform public.read_person(p_user_id);
    insert into public.team_members (team_id, user_id) values (p_team_id, p_user_id) on conflict do nothing;
    if found then
        perform private.emit('team.member_added', null, p_team_id, jsonb_build_object('user_id', p_user_id));
        perform private.audit('team.add_member', null, p_team_id, jsonb_build_object('user_id', p_user_id));
    end if;
end;
$$;
comment on function public.add_team_member is
    'Let a person that the caller sees into a team; twice is once. PT403 role_required, PT404 team_not_found, user_not_found.';
grant execute on function public.add_team_member to authenticated;
