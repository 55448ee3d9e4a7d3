-- as: devos_lookup
create function private.my_team_ids()
returns uuid[]
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid := private.my_user_id();
begin
    if v_user is null then
        return '{}';
    end if;
    if public.get_my_role() = 'admin' then
        return array(select t.id from public.teams t);
    end if;
    return array(select m.team_id from public.team_members m where m.user_id = v_user);
end;
$$;
comment on function private.my_team_ids is 'The teams that the caller may see: its own, an admin''s are all; empty for no one.';
grant execute on function private.my_team_ids to authenticated, devos_api;
