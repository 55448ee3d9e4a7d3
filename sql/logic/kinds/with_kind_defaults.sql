-- as: devos_lookup
create function private.with_kind_defaults(p_items jsonb)
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_defaults jsonb;
    v_unknown text;
begin
    select jsonb_object_agg(w.project_id || w.kind, k.defaults - 'retry_policy' || jsonb_build_object(
               'priority', array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], k.defaults ->> 'priority'),
               'retry_base_seconds', k.defaults #> '{retry_policy,base_seconds}',
               'retry_cap_seconds', k.defaults #> '{retry_policy,cap_seconds}')) filter (where k.defaults <> '{}'),
           min(w.kind) filter (where k.name is null and p.unknown_kinds = 'refuse')
      into v_defaults, v_unknown
      from (select distinct i.project_id, i.kind from jsonb_to_recordset(p_items) as i (project_id uuid, kind text)) w
      join public.projects p on p.id = w.project_id
      left join lateral private.kinds_of(w.project_id, w.kind) k on w.kind is not null;
    if v_unknown is not null then
        perform private.fail(422, 'unknown_kind', format('The project has no kind %s.', left(v_unknown, 64)),
            'Describe the kind first, or let the project allow unknown kinds.');
    end if;
    if v_defaults is null then
        return p_items;
    end if;
    return (
        select jsonb_agg(i.item
                   || coalesce((select jsonb_object_agg(d.key, d.value) from jsonb_each(k.defaults) d
                                 where coalesce(i.item -> d.key, 'null') = 'null'
                                   -- A parent's priority goes before the kind's.
                                   and (d.key <> 'priority' or coalesce(i.item -> 'parent_task_id', 'null') = 'null')), '{}')
                   || jsonb_build_object('required_capabilities',
                          coalesce(nullif(i.item -> 'required_capabilities', 'null'), '[]')
                          || coalesce(k.defaults -> 'required_capabilities', '[]'))
                   order by i.nr)
          from jsonb_array_elements(p_items) with ordinality as i (item, nr)
         cross join lateral (select v_defaults -> ((i.item ->> 'project_id') || (i.item ->> 'kind')) as defaults) k);
end;
$$;
comment on function private.with_kind_defaults is
    'The items of a creation with what their kinds give where they say nothing themselves; capabilities of both.
For projects that the caller was allowed in. PT422 unknown_kind where the project wants its kinds known.';
grant execute on function private.with_kind_defaults to devos_api, devos_jobs;
