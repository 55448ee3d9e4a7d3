-- No search_path of its own, and so read into the query that asks.
create function private.kinds_of(p_project_id uuid, p_name text)
returns setof public.kinds
language sql stable
as $$
    select k.* from public.kinds k where k.project_id = p_project_id and (p_name is null or k.name = p_name)
    union all
    select b.* from private.builtin_kinds() b
     where (p_name is null or b.name = p_name)
       and not exists (select from public.kinds k where k.project_id = p_project_id and k.name = b.name)
$$;
comment on function private.kinds_of is
    'The kinds of a project, or the one of a name: its own, and the built-in ones that it does not replace.';
grant execute on function private.kinds_of to devos_lookup;
