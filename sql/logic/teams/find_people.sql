-- as: devos_lookup
create function private.find_people(p_ids uuid[], p_limit integer, p_after uuid default null)
returns table (id uuid, email text, role public.app_role, is_active boolean, created_at timestamptz)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select u.id, u.email, r.role, coalesce(u.banned_until <= statement_timestamp(), true), u.created_at
      from auth.users u
      left join public.user_roles r on r.user_id = u.id
     where ((select public.get_my_role()) = 'admin' or u.id = any ((select private.my_people_ids())::uuid[]))
       and u.deleted_at is null
       and (p_ids is null or u.id = any (p_ids))
       and (p_after is null or u.id > p_after)
     order by u.id limit least(p_limit, 1001)
$$;
comment on function private.find_people is
    'The people that the caller sees, by id; of these ids, unless they are null. The one place that shows e-mail addresses.';
grant execute on function private.find_people to devos_api;
