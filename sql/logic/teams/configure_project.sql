create function public.configure_project(
    p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer default null,
    p_cancel_grace_seconds integer default null, p_ageing_seconds integer default null, p_unknown_kinds text default null,
    p_creations_per_minute integer default null
) returns public.projects
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_project public.projects;
    v_config jsonb := jsonb_strip_nulls(jsonb_build_object(
        'default_priority', private.priority_name(p_default_priority), 'default_max_retries', p_default_max_retries,
        'cancel_grace_seconds', p_cancel_grace_seconds, 'ageing_seconds', p_ageing_seconds, 'unknown_kinds', p_unknown_kinds,
        'creations_per_minute', p_creations_per_minute));
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    update public.projects p
       set default_priority = p_default_priority, default_max_retries = p_default_max_retries,
           cancel_grace_seconds = coalesce(p_cancel_grace_seconds, p.cancel_grace_seconds),
           ageing_seconds = p_ageing_seconds, unknown_kinds = coalesce(p_unknown_kinds, p.unknown_kinds),
           creations_per_minute = nullif(coalesce(p_creations_per_minute, p.creations_per_minute), 0), version = p.version + 1
     where p.id = p_project_id and p.version = coalesce(p_version, p.version)
    returning * into v_project;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit(
        'project.configured', p_project_id, p_project_id, v_config || jsonb_build_object('version', v_project.version));
    perform private.audit('project.configure', p_project_id, p_project_id, v_config);
    return v_project;
end;
$$;
comment on function public.configure_project is
    'What tasks of a project get that say nothing themselves, after how many seconds of waiting they rise (null: never),
whether their kinds must be known, and how many requests create in a minute (0: any number; null: both as before).
PT403 role_required, PT404 project_not_found, PT412 version_changed.';
grant execute on function public.configure_project to authenticated;
