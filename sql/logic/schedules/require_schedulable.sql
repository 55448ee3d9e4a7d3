create function private.require_schedulable(p_project_id uuid, p_task jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_items jsonb := private.with_kind_defaults(private.schedule_items(p_project_id, p_task));
begin
    perform private.require_suitable(v_items);
    perform private.require_related(v_items);
end;
$$;
comment on function private.require_schedulable is
    'Such a task could be created now. PT404 task_not_found, PT422 agent_not_suitable, unknown_kind.';
