create function private.describe_user(p_user_id uuid)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'id', u.id, 'aud', u.aud, 'role', u.role, 'email', u.email, 'phone', '',
               'email_confirmed_at', u.email_confirmed_at, 'confirmed_at', u.email_confirmed_at,
               'last_sign_in_at', u.last_sign_in_at,
               'app_metadata', '{"provider": "email", "providers": ["email"]}' || u.raw_app_meta_data,
               'user_metadata', u.raw_user_meta_data,
               'identities', (
                   select coalesce(jsonb_agg(jsonb_build_object(
                              'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'provider', i.provider,
                              'identity_data', i.identity_data, 'last_sign_in_at', i.last_sign_in_at,
                              'created_at', i.created_at, 'updated_at', i.updated_at) order by i.created_at, i.id), '[]')
                     from auth.identities i where i.user_id = u.id),
               'created_at', u.created_at, 'updated_at', u.updated_at, 'is_anonymous', false)
      from auth.users u
     where u.id = p_user_id
$$;
comment on function private.describe_user is 'A person in the shape that Supabase clients know.';
