create function public.task_counts(p_project_id uuid)
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_most constant integer := 1000;
begin
    perform private.require_project(array[p_project_id]);
    return coalesce(
        (select jsonb_agg(jsonb_build_object('kind', c.kind, 'state', c.state, 'count', c.count, 'more', c.count = v_most))
           from private.count_tasks(array[p_project_id], v_most) c), '[]');
end;
$$;
comment on function public.task_counts is
    'How many tasks a project has by kind and state: [{kind, state, count, more}]; it counts to 1000 each. PT404 project_not_found.';
grant execute on function public.task_counts to authenticated;
