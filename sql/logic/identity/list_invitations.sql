create function public.list_invitations(p_limit integer default 50, p_after uuid default null)
returns setof public.invitations
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select i.* from public.invitations i
     where p_after is null or i.id > p_after
     order by i.id limit least(p_limit, 1001)
$$;
comment on function public.list_invitations is 'The invitations the caller sees, ended ones too, by id.';
grant execute on function public.list_invitations to authenticated;
