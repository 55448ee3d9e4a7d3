-- as: devos_lookup
create function private.may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid)
returns boolean
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_role public.app_role;
begin
    select r.role into v_role from public.user_roles r where r.user_id = p_user_id and private.is_active_user(r.user_id);
    if v_role = 'admin' then
        return true;
    end if;
    return coalesce(v_role = 'supervisor' and p_role = 'viewer', false)
       and (p_team_id is null or exists (
               select from public.team_members m where m.team_id = p_team_id and m.user_id = p_user_id))
       and (p_project_id is null
            or exists (select from public.project_members m where m.project_id = p_project_id and m.user_id = p_user_id)
            or exists (
               select from public.projects p
                 join public.team_members m on m.team_id = p.team_id
                where p.id = p_project_id and m.user_id = p_user_id));
end;
$$;
comment on function private.may_invite is
    'Whether this person may ask somebody in with this role, to this team and project: its own, and above viewer an admin.';
grant execute on function private.may_invite to devos_api;
