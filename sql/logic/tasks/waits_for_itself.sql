create function private.waits_for_itself(p_task_id uuid)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return exists (
        with recursive before as (
            select d.depends_on_id as id from public.task_dependencies d where d.task_id = p_task_id
            union
            select n.id
              from before b
             -- The offset keeps it a look into the index for each task: all dependencies at each step take seconds.
             cross join lateral (
                select d.depends_on_id as id from public.task_dependencies d where d.task_id = b.id offset 0) n
        )
        select from before b where b.id = p_task_id);
end;
$$;
comment on function private.waits_for_itself is 'Whether a task waits for itself, by way of others.';
