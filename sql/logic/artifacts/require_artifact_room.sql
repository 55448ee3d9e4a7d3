create function private.require_artifact_room(
    p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer
) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_bytes bigint;
    v_files integer;
begin
    select coalesce(sum(a.size_bytes), 0), count(*) into v_bytes, v_files
      from public.task_artifacts a where a.task_id = p_task_id and a.name <> p_name;
    if v_bytes + p_size_bytes > p_quota_bytes or v_files >= p_quota_files then
        perform private.fail(409, 'artifact_quota',
            format('The artifacts of a task are at most %s files of %s bytes together.', p_quota_files, p_quota_bytes),
            'Put several files into one archive, or leave some out.');
    end if;
end;
$$;
comment on function private.require_artifact_room is 'PT409 artifact_quota unless the task has room for this file.';
