create function public.list_kinds(p_project_id uuid, p_limit integer default 50, p_after text default null)
returns setof public.kinds
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_project(array[p_project_id]);
    return query
        select k.* from private.kinds_of(p_project_id, null) k
         where p_after is null or k.name > p_after
         order by k.name limit least(p_limit, 1001);
end;
$$;
comment on function public.list_kinds is 'The kinds of a project, built-in ones too, by name. PT404 project_not_found.';
grant execute on function public.list_kinds to authenticated;
