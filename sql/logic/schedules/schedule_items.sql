create function private.schedule_items(p_project_id uuid, p_task jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_array(p_task - 'retry_policy' || jsonb_build_object(
        'project_id', p_project_id,
        'priority', array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], p_task ->> 'priority'),
        'retry_base_seconds', p_task #> '{retry_policy,base_seconds}',
        'retry_cap_seconds', p_task #> '{retry_policy,cap_seconds}'))
$$;
comment on function private.schedule_items is 'The task of a schedule as creation takes it: a list of one.';
grant execute on function private.schedule_items to devos_jobs;
