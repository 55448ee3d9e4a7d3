create function public.event_visibility(p_project_id uuid default null, p_task_id uuid default null)
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_project(array[p_project_id]) where p_project_id is not null;
    perform public.read_task(p_task_id) where p_task_id is not null;
    return jsonb_build_object(
        'project_ids', private.my_project_ids(),
        'team_ids', private.my_team_ids(),
        'is_admin', coalesce(public.get_my_role() = 'admin', false));
end;
$$;
comment on function public.event_visibility is
    'By what the policies of events let the caller see one, for whoever has read them already: {project_ids, team_ids, is_admin}.
PT404 project_not_found, task_not_found for what it asks to follow and may not see.';
grant execute on function public.event_visibility to authenticated;
