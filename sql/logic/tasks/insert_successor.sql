-- as: devos_jobs
create function private.insert_successor(p_project_id uuid, p_item jsonb)
returns uuid
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- An agent sees no other agents: a lane that is born of its task must find them all the same.
    return (private.insert_tasks(jsonb_build_array(p_item || jsonb_build_object('project_id', p_project_id))))[1];
end;
$$;
comment on function private.insert_successor is 'Insert one task whose caller was checked: with its lane, dependencies and event.';
grant execute on function private.insert_successor to devos_api;
