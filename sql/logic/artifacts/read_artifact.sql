create function public.read_artifact(p_artifact_id uuid)
returns public.task_artifacts
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_artifact public.task_artifacts;
begin
    select * into v_artifact from public.task_artifacts a where a.id = p_artifact_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such artifact.', detail = 'artifact_not_found';
    end if;
    return v_artifact;
end;
$$;
comment on function public.read_artifact is 'One artifact. PT404 artifact_not_found.';
grant execute on function public.read_artifact to authenticated, agent;
