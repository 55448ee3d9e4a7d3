create function public.service_status(p_project_id uuid default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'active', count(*) filter (where s.state = 'ACTIVE'),
        'suspended', count(*) filter (where s.state = 'SUSPENDED'),
        'limit', coalesce(sum(s."limit"), 0)::text, 'spent', coalesce(sum(s.spent), 0)::text)
      from public.service_registry s
     where p_project_id is null or s.project_id = p_project_id
$$;
comment on function public.service_status is 'How many services are active and suspended, and what they may spend and have spent.';
grant execute on function public.service_status to authenticated;
