create function private.require_artifact_room(
    p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer
) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kept record;
    v_left record;
begin
    select coalesce(sum(a.size_bytes), 0) as bytes, coalesce(sum(a.size_bytes) filter (where a.name <> p_name), 0) as other_bytes,
           count(*) as files, count(*) filter (where a.name <> p_name) as other_files
      into v_kept from public.task_artifacts a where a.task_id = p_task_id;
    if v_kept.other_bytes + p_size_bytes > p_quota_bytes or v_kept.other_files >= p_quota_files then
        perform private.fail(409, 'artifact_quota',
            format('The artifacts of a task are at most %s files of %s bytes together.', p_quota_files, p_quota_bytes),
            'Put several files into one archive, or leave some out.');
    end if;
    -- All may be replaced once; what is replaced again and again is to be swept first.
    select coalesce(sum(b.size_bytes), 0) as bytes, count(*) as files
      into v_left from private.artifact_blobs b where b.task_id = p_task_id;
    if v_kept.bytes + v_left.bytes + p_size_bytes > 2 * p_quota_bytes or v_kept.files + v_left.files > 2 * p_quota_files then
        perform private.fail(409, 'artifact_quota',
            'What was replaced, removed or not finished still lies in the store, and there is too much of it.',
            'Write a file again less often: what it replaced is swept within three hours.');
    end if;
end;
$$;
comment on function private.require_artifact_room is
    'PT409 artifact_quota unless the task has room for this file, whose key is taken already: among what it has, and among all that lies there.';
