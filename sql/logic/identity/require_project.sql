create function private.require_project(p_project_ids uuid[])
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not coalesce(p_project_ids <@ private.my_project_ids(), false) or array_position(p_project_ids, null) > 0 then
        perform private.fail(404, 'project_not_found', 'There is no such project.', 'List yours with GET /api/projects.');
    end if;
end;
$$;
comment on function private.require_project is 'PT404 project_not_found unless the caller sees every one of these projects.';
