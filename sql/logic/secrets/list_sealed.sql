-- as: devos_jobs
create function private.list_sealed(p_key_id text, p_after uuid, p_limit integer)
returns setof jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('id', s.id, 'project_id', s.project_id, 'team_id', s.team_id, 'name', s.name,
               'key_id', v.key_id, 'sealed', encode(v.sealed, 'base64'))
      from private.secret_values v
      join public.secrets s on s.id = v.secret_id
     where v.key_id <> p_key_id and (p_after is null or v.secret_id > p_after)
     order by v.secret_id limit p_limit
$$;
comment on function private.list_sealed is 'Rotation: sealed values that another key than this one sealed, by id. Granted to no one.';
