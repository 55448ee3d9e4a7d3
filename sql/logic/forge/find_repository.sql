-- as: devos_lookup
create function private.find_repository(p_forge text, p_external_id text)
returns public.repositories
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select r from public.repositories r where r.forge = p_forge and r.external_id = p_external_id
$$;
comment on function private.find_repository is 'The repository that a forge knows by this id, in whatever project.';
grant execute on function private.find_repository to devos_api;
