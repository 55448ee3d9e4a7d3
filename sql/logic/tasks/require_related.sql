create function private.require_related(p_items jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from jsonb_to_recordset(p_items) as i (project_id uuid, parent_task_id uuid, related_task_ids uuid[])
         cross join lateral unnest(i.related_task_ids || i.parent_task_id) as r (id)
         where r.id is not null
           and not exists (select from public.tasks t where t.id = r.id and t.project_id = i.project_id)
    ) then
        perform private.fail(404, 'task_not_found', 'There is no such parent or related task.', 'Name tasks of the same project.');
    end if;
end;
$$;
comment on function private.require_related is
    'PT404 task_not_found unless every parent and related task named is a task of its item''s project.';
grant execute on function private.require_related to devos_jobs;
