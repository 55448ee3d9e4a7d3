-- as: devos_lookup
create function private.project_ids_of(p_user_id uuid)
returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from public.user_roles r where r.user_id = p_user_id and r.role = 'admin') then
        return array(select p.id from public.projects p);
    end if;
    return array(
        select m.project_id from public.project_members m where m.user_id = p_user_id
         union
        select p.id from public.team_members m join public.projects p on p.team_id = m.team_id where m.user_id = p_user_id);
end;
$$;
comment on function private.project_ids_of is 'The projects that a person may see, as their member or a member of their team; empty for no one.';
