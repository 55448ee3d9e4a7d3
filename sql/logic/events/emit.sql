-- as: devos_journal
create function private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb default '{}')
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    select private.emit_each(array[p_type], array[p_project_id], array[p_subject_id], array[p_data])
$$;
comment on function private.emit is 'Append one event; the actor is taken from the request.';
grant execute on function private.emit to devos_api, devos_jobs;
