create function public.begin_artifact(
    p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint default 0,
    p_quota_bytes bigint default 1073741824, p_quota_files integer default 1000
) returns uuid
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_blob uuid := private.new_id();
begin
    insert into private.artifact_blobs (id, task_id, lease_token) values (v_blob, v_task.id, v_task.lease_token);
    perform private.require_artifact_room(v_task.id, p_name, p_size_bytes, p_quota_bytes, p_quota_files);
    return v_blob;
end;
$$;
comment on function public.begin_artifact is
    'A key in the store for the bytes of an artifact that is about to come. PT404 task_not_found, PT409 lease_lost, artifact_quota.';
grant execute on function public.begin_artifact to agent;
