create function public.create_team(p_name text)
returns public.teams
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    -- Without RETURNING: the caller sees the team as its member, which comes next.
    insert into public.teams (id, name) values (v_id, p_name);
    insert into public.team_members (team_id, user_id) values (v_id, private.my_user_id());
    perform private.emit('team.created', null, v_id, jsonb_build_object('name', p_name));
    perform private.audit('team.create', null, v_id, jsonb_build_object('name', p_name));
    return (select t from public.teams t where t.id = v_id);
end;
$$;
comment on function public.create_team is 'Create a team; the caller becomes its member. PT403 role_required.';
grant execute on function public.create_team to authenticated;
