create function public.create_tasks(p_items jsonb)
returns setof public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_project_ids uuid[];
    v_counts boolean;
    v_ids uuid[];
begin
    if coalesce(jsonb_typeof(p_items), '') <> 'array' or jsonb_array_length(p_items) not between 1 and 1000 then
        perform private.fail(422, 'invalid_tasks', 'Send a list of 1 to 1000 tasks.');
    end if;
    v_project_ids := array(select distinct (i ->> 'project_id')::uuid from jsonb_array_elements(p_items) i);
    perform public.require_creation(v_project_ids);
    v_counts := private.count_creations(v_project_ids, p_items, false);
    v_ids := private.insert_tasks(p_items);
    perform private.count_creations(v_project_ids, p_items, true) where v_counts;
    return query select t.* from public.tasks t where t.id = any (v_ids) order by t.id;
end;
$$;
comment on function public.create_tasks is
    'Create 1 to 1000 tasks, all or none, answered in the order sent. PT403 role_required, PT404 project_not_found, PT422 invalid_tasks,
agent_not_suitable, unknown_kind, creation_too_large, PT429 creation_rate_exceeded.';
grant execute on function public.create_tasks to authenticated;
