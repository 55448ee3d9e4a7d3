create function public.list_task_charges(p_task_id uuid, p_limit integer default 50, p_after uuid default null)
returns table (
    id uuid, task_id uuid, attempt integer, service_id uuid, asked_service_id uuid, agent_id uuid, key text, amount numeric,
    source text, note text, at timestamptz
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        select c.id, c.task_id, c.attempt, c.service_id, c.asked_service_id, c.agent_id, c.key, c.amount, c.source, c.note, c.at
          from public.service_charges c
         where c.task_id = p_task_id and (p_after is null or c.id > p_after)
         order by c.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_task_charges is 'What a task has cost, charge by charge. PT404 task_not_found.';
grant execute on function public.list_task_charges to authenticated, agent;
