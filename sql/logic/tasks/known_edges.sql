create function private.known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jsonb_path_exists(p_items, '$[*] ? (@.dedupe_key != null)') then
        return p_edges;
    end if;
    return (
        select jsonb_agg(e.edge || jsonb_build_object('depends_on_id', coalesce(known.id, (e.edge ->> 'depends_on_id')::uuid)))
          from jsonb_array_elements(p_edges) as e (edge)
          left join lateral (
            select t.id
              from jsonb_array_elements(p_items) with ordinality as i (item, nr)
              join public.tasks t on t.project_id = (i.item ->> 'project_id')::uuid and t.dedupe_key = i.item ->> 'dedupe_key'
             where p_ids[i.nr] = (e.edge ->> 'depends_on_id')::uuid) known on true);
end;
$$;
comment on function private.known_edges is
    'The dependencies of new tasks after their insertion: an item that made no task, because its dedupe_key exists, stands for that task.';
grant execute on function private.known_edges to devos_jobs;
