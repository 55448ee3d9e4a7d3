-- as: devos_jobs
create function private.read_feedback(p_id uuid)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'id', f.id, 'project_id', f.project_id, 'state', f.state, 'number', f.number, 'kind', f.kind, 'content', f.content,
               'full_name', r.full_name)
      from public.pull_request_feedback f
      join public.repositories r on r.id = f.repository_id
     where f.id = p_id
$$;
comment on function private.read_feedback is 'Job: feedback that waits to be posted.';
grant execute on function private.read_feedback to devos_worker;
