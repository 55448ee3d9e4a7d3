-- as: devos_lookup
create function private.authenticate_registration_token(p_key_id text, p_key_hash bytea)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('token_id', h.token_id)
      from private.token_hashes h
     where h.id = p_key_id and h.hash = p_key_hash and h.kind = 'registration'
       and private.registration_token_lives(h.token_id)
$$;
comment on function private.authenticate_registration_token is
    'Which registration token this is; null for one that is unknown, wrong, expired, revoked, or whose creator may no longer register.';
grant execute on function private.authenticate_registration_token to devos_login;
