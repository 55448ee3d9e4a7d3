create trigger keep_blob after insert or delete or update of blob_id on public.task_artifacts
    for each row execute function private.keep_blob();
