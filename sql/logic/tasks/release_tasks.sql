create function public.release_tasks(p_items jsonb)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.finish_as('release', p_items);
end;
$$;
comment on function public.release_tasks is
    'Give leased tasks back without burning a retry: items {task_id, lease_token}. PT403 agent_required, PT422 invalid_items.';
grant execute on function public.release_tasks to agent;
