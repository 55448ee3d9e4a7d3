create function private.new_edges(p_items jsonb, p_ids uuid[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_edges jsonb;
    v_unknown text;
begin
    with item as (
        select i.ref, i.depends_on, i.on_failure, i.nr
          from rows from (jsonb_to_recordset(p_items) as (ref text, depends_on jsonb, on_failure text))
               with ordinality as i (ref, depends_on, on_failure, nr)
    ), edge as (
        -- Earlier items only: what is made in one go cannot wait in a circle.
        select i.nr, d.name, i.on_failure,
               (select p_ids[r.nr] from item r where r.ref = d.name and r.nr < i.nr order by r.nr desc limit 1) as within
          from item i cross join lateral jsonb_array_elements_text(i.depends_on) as d (name)
    )
    select jsonb_agg(jsonb_build_object('task_id', p_ids[e.nr], 'depends_on_id', coalesce(e.within::text, e.name),
               'on_failure', e.on_failure)),
           min(e.name) filter (where e.within is null and e.name !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
      into v_edges, v_unknown
      from edge e;
    if v_unknown is not null then
        perform private.fail(422, 'unknown_ref', format('No earlier item of the list has the ref %s.', left(v_unknown, 100)),
            'Put a task behind those it waits for.');
    end if;
    return v_edges;
end;
$$;
comment on function private.new_edges is
    'The dependencies of new tasks, by the ids of tasks that exist or the refs of earlier items. PT422 unknown_ref.';
