-- as: devos_lookup
create function private.kind_schemas(p_kinds jsonb)
returns table (project_id uuid, name text, input_schema jsonb, output_schema jsonb)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select w.project_id, w.name, k.input_schema, k.output_schema
      from jsonb_to_recordset(p_kinds) as w (project_id uuid, name text)
     cross join lateral private.kinds_of(w.project_id, w.name) k
     where k.input_schema is not null or k.output_schema is not null
$$;
comment on function private.kind_schemas is
    'The schemas of kinds {project_id, name}, of those that have any: for a process that checks what others send, never shown as such.';
grant execute on function private.kind_schemas to devos_login, devos_worker;
