-- as: devos_lookup
create function private.my_people_ids()
returns uuid[]
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid := private.my_user_id();
    v_teams uuid[];
    v_projects uuid[];
begin
    if v_user is null then
        return '{}';
    end if;
    v_teams := private.my_team_ids();
    v_projects := private.my_project_ids();
    return array(
        select v_user
         union
        select m.user_id from public.project_members m where m.project_id = any (v_projects)
         union
        select m.user_id
          from public.team_members m
         where m.team_id = any (v_teams || array(select p.team_id from public.projects p where p.id = any (v_projects))));
end;
$$;
comment on function private.my_people_ids is
    'The caller itself and who shares a team or a project with it; whom an admin sees besides, the policies say.';
grant execute on function private.my_people_ids to authenticated, devos_api;
