create function public.set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer default null)
returns public.kinds
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_known integer;
    v_kind public.kinds;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    v_known := (select k.version from private.kinds_of(p_project_id, p_name) k where k.name = p_name);
    if v_known is distinct from coalesce(p_version, v_known) then
        perform private.refuse_version();
    end if;
    -- Who replaces a built-in kind has edited it: the versions go on from there.
    insert into public.kinds as k (id, project_id, name, title, description, input_schema, output_schema, defaults, version)
    select private.new_id(), p_project_id, p_name, coalesce(n.title, ''), coalesce(n.description, ''),
           n.input_schema, n.output_schema, coalesce(n.defaults, '{}'), coalesce(v_known, 0) + 1
      from jsonb_to_record(p_kind) as n (title text, description text, input_schema jsonb, output_schema jsonb, defaults jsonb)
    on conflict on constraint kinds_name_key
    do update set title = excluded.title, description = excluded.description, input_schema = excluded.input_schema,
                  output_schema = excluded.output_schema, defaults = excluded.defaults, version = k.version + 1,
                  changed_at = statement_timestamp()
            where k.version = coalesce(p_version, k.version)
    returning * into v_kind;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('kind.set', p_project_id, v_kind.id, jsonb_build_object('name', p_name, 'version', v_kind.version));
    return v_kind;
end;
$$;
comment on function public.set_kind is
    'Say what a kind of work is in a project, the whole of it: {title, description, input_schema, output_schema, defaults}. A built-in
kind of the name is replaced. PT403 role_required, PT404 project_not_found, PT412 version_changed.';
grant execute on function public.set_kind to authenticated;
