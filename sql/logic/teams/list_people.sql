create function public.list_people(
    p_limit integer default 50, p_after uuid default null, p_team_id uuid default null, p_project_id uuid default null
) returns table (id uuid, email text, role public.app_role, is_active boolean, created_at timestamptz)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_members uuid[];
begin
    if p_team_id is not null then
        perform private.require_team(p_team_id);
        v_members := array(select m.user_id from public.team_members m where m.team_id = p_team_id);
    elsif p_project_id is not null then
        perform private.require_project(array[p_project_id]);
        v_members := array(select m.user_id from public.project_members m where m.project_id = p_project_id);
    end if;
    return query select p.* from private.find_people(v_members, p_limit, p_after) p;
end;
$$;
comment on function public.list_people is
    'The people the caller sees, by id: all, or the members of a team or of a project. PT404 team_not_found, project_not_found.';
grant execute on function public.list_people to authenticated;
