create function public.read_kind(p_project_id uuid, p_name text)
returns public.kinds
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_kind public.kinds;
begin
    perform private.require_project(array[p_project_id]);
    select * into v_kind from private.kinds_of(p_project_id, p_name) k where k.name = p_name;
    if not found then
        perform private.fail(404, 'kind_not_found', 'The project has no such kind, and none of this name is built in.', 'List them.');
    end if;
    return v_kind;
end;
$$;
comment on function public.read_kind is
    'One kind of a project: its own, else the built-in one. PT404 project_not_found, kind_not_found.';
grant execute on function public.read_kind to authenticated;
