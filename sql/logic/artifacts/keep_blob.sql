-- as: devos_jobs
create function private.keep_blob()
returns trigger
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op <> 'INSERT' then
        -- From now on, whatever its age: somebody may be reading it.
        insert into private.artifact_blobs (id, task_id, lease_token, size_bytes) values (old.blob_id, old.task_id, 0, old.size_bytes);
    end if;
    if tg_op <> 'DELETE' then
        delete from private.artifact_blobs b where b.id = new.blob_id;
    end if;
    return null;
end;
$$;
comment on function private.keep_blob is 'Trigger of artifacts: their bytes are kept, and those of an artifact that was replaced or removed are swept later.';
grant execute on function private.keep_blob to devos_owner;
