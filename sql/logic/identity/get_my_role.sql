-- as: devos_lookup
create function public.get_my_role()
returns public.app_role
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select r.role from public.user_roles r where r.user_id = private.my_user_id()
$$;
comment on function public.get_my_role is 'The platform role of the caller: admin, supervisor or viewer; null for no one.';
grant execute on function public.get_my_role to authenticated, agent, integration, devos_api, devos_jobs;
