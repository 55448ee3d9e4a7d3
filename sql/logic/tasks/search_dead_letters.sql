-- as: devos_lookup
create function private.search_dead_letters(
    p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamptz, p_failed_before timestamptz,
    p_before uuid, p_limit integer
) returns setof uuid
language plpgsql stable rows 100
security definer set search_path = pg_catalog, pg_temp
-- What is not asked for falls out of the plan.
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
        select f.id from unnest(p_project_ids) as p (id)
         cross join lateral (
            select t.id from public.tasks t
             where t.project_id = p.id and t.state = 'failed'
               and (p_kind is null or t.kind = p_kind)
               and (p_error_code is null or t.last_error ->> 'code' = p_error_code)
               and (p_failed_after is null or t.finished_at >= p_failed_after)
               and (p_failed_before is null or t.finished_at < p_failed_before)
               and t.id < coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
             -- By the code first, so that the planner knows the order of its index.
             order by case when p_error_code is not null then t.last_error ->> 'code' end desc, t.id desc limit p_limit) f (id)
         order by f.id desc limit p_limit;
end;
$$;
comment on function private.search_dead_letters is
    'Ids of the failed tasks in these projects that match, newest first, found by an index of what failed.';
grant execute on function private.search_dead_letters to devos_api;
