create function private.kinds_in(p_project_id uuid)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- From kind to kind in the index, past the lanes of a kind: there may be one for each of many keys.
    with recursive known as (
        select min(l.kind) as kind from public.lanes l where l.project_id = p_project_id
        union all
        select (select min(l.kind) from public.lanes l where l.project_id = p_project_id and l.kind > k.kind)
          from known k where k.kind is not null
    )
    select k.kind from known k where k.kind is not null
$$;
comment on function private.kinds_in is 'The kinds that a project has ever had tasks of.';
grant execute on function private.kinds_in to devos_jobs;
