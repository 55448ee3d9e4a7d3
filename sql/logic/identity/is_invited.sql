-- as: devos_lookup
create function private.is_invited(
    p_user_id uuid, p_role public.app_role default null, p_team_id uuid default null, p_project_id uuid default null
) returns boolean
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.invitations i
         where i.accepted_by = p_user_id
           and (p_role is null or i.role = p_role)
           and (p_team_id is null or i.team_id = p_team_id)
           and (p_project_id is null or i.project_id = p_project_id))
$$;
comment on function private.is_invited is 'Whether this person has accepted an invitation with this role, to this team, to this project.';
grant execute on function private.is_invited to devos_api;
