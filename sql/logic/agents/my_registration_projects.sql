-- as: devos_lookup
create function private.my_registration_projects()
returns uuid[]
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select array(
        select p from unnest(t.project_ids) p where p = any (private.project_ids_of(t.created_by)) order by p)
      from public.registration_tokens t
     where t.id = private.my_registration_token()
$$;
comment on function private.my_registration_projects is
    'The projects that the registration token of this request gives: its own that are its creator''s now. Null without one.';
grant execute on function private.my_registration_projects to devos_api;
