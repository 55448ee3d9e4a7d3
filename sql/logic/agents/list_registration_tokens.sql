create function public.list_registration_tokens(p_limit integer default 50, p_after uuid default null)
returns setof public.registration_tokens
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    return query
        select t.* from public.registration_tokens t
         where p_after is null or t.id > p_after
         order by t.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_registration_tokens is
    'The registration tokens of the caller''s projects, ended ones too, by id. PT403 role_required.';
grant execute on function public.list_registration_tokens to authenticated;
