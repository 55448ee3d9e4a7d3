create function public.store_artifact(
    p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text,
    p_quota_bytes bigint default 1073741824, p_quota_files integer default 1000
) returns public.task_artifacts
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    -- Held again: the bytes may have taken longer than the lease lived.
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_artifact public.task_artifacts;
begin
    -- Much younger than what is swept, so its bytes are there.
    if not exists (select from private.artifact_blobs b
                    where b.id = p_blob_id and b.task_id = v_task.id and b.lease_token = v_task.lease_token
                      and b.created_at > statement_timestamp() - interval '1 hour') then
        perform private.fail(409, 'upload_too_slow', 'The upload took longer than an hour.', 'Send it again, or in parts.');
    end if;
    perform private.require_artifact_room(v_task.id, p_name, p_size_bytes, p_quota_bytes, p_quota_files);
    insert into public.task_artifacts as a
        (id, project_id, task_id, attempt, agent_id, name, media_type, size_bytes, sha256, blob_id)
    values (private.new_id(), v_task.project_id, v_task.id, v_task.attempt, v_task.agent_id, p_name, p_media_type, p_size_bytes,
            p_sha256, p_blob_id)
        on conflict (task_id, name) do update
       set attempt = excluded.attempt, agent_id = excluded.agent_id, media_type = excluded.media_type,
           size_bytes = excluded.size_bytes, sha256 = excluded.sha256, blob_id = excluded.blob_id, created_at = excluded.created_at
    returning a.* into v_artifact;
    perform private.emit('task.artifact_stored', v_task.project_id, v_task.id, jsonb_build_object(
        'artifact_id', v_artifact.id, 'name', p_name, 'size_bytes', p_size_bytes, 'attempt', v_task.attempt));
    return v_artifact;
end;
$$;
comment on function public.store_artifact is
    'The bytes lie in the store: an artifact of the task, in place of the one with that name. PT404 task_not_found,
PT409 lease_lost, upload_too_slow, artifact_quota.';
grant execute on function public.store_artifact to agent;
