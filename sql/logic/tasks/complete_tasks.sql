create function public.complete_tasks(p_items jsonb)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.finish_as('complete', p_items);
end;
$$;
comment on function public.complete_tasks is
    'Complete leased tasks: items {task_id, lease_token, output}. PT403 agent_required, PT422 invalid_items.';
grant execute on function public.complete_tasks to agent;
