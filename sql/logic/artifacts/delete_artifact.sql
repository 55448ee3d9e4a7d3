create function public.delete_artifact(p_artifact_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_artifact public.task_artifacts;
begin
    perform private.require_role('supervisor');
    delete from public.task_artifacts a where a.id = p_artifact_id returning a.* into v_artifact;
    if not found then
        perform private.fail(404, 'artifact_not_found', 'There is no such artifact.');
    end if;
    perform private.emit('task.artifact_deleted', v_artifact.project_id, v_artifact.task_id,
        jsonb_build_object('artifact_id', v_artifact.id, 'name', v_artifact.name));
end;
$$;
comment on function public.delete_artifact is
    'Remove an artifact; its bytes are swept later. PT403 role_required, PT404 artifact_not_found.';
grant execute on function public.delete_artifact to authenticated;
