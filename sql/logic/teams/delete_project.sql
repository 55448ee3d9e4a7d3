create function public.delete_project(p_project_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    -- What refers to the project waits for this lock, and what came before it is seen by the statement that follows.
    perform from public.projects p where p.id = p_project_id for update;
    delete from public.projects p
     where p.id = p_project_id
       and not exists (select from public.tasks t where t.project_id = p.id)
       and not exists (select from public.service_registry s where s.project_id = p.id)
       and not exists (select from public.repositories r where r.project_id = p.id)
       and not exists (select from public.agent_projects a where a.project_id = p.id);
    if not found then
        perform private.fail(409, 'project_has_history', 'Something has happened in this project already.',
            'Only a project without tasks, services, repositories and agents can be deleted.');
    end if;
    -- Its own events end with it: this one is for admins.
    perform private.emit('project.deleted', null, p_project_id);
    perform private.audit('project.delete', p_project_id, p_project_id);
end;
$$;
comment on function public.delete_project is
    'Delete a project in which nothing has happened. PT403 role_required, PT404 project_not_found, PT409 project_has_history.';
grant execute on function public.delete_project to authenticated;
