create function public.read_project(p_project_id uuid)
returns public.projects
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_project(array[p_project_id]);
    return (select p from public.projects p where p.id = p_project_id);
end;
$$;
comment on function public.read_project is 'One project. PT404 project_not_found.';
grant execute on function public.read_project to authenticated;
