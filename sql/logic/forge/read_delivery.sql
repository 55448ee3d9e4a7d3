-- as: devos_jobs
create function private.read_delivery(p_id uuid)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'id', d.id, 'project_id', d.project_id, 'event', d.event, 'state', d.state,
               'body', encode(d.body, 'base64'), 'repository', to_jsonb(r))
      from public.webhook_deliveries d
      join public.repositories r on r.id = d.repository_id
     where d.id = p_id
$$;
comment on function private.read_delivery is 'Job: a stored delivery with its repository; the body as base64.';
grant execute on function private.read_delivery to devos_worker;
