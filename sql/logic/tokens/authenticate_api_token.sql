-- as: devos_lookup
create function private.authenticate_api_token(p_key_id text, p_key_hash bytea)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('token_id', t.id, 'user_id', t.user_id, 'scopes', t.scopes)
      from private.token_hashes h
      join public.api_tokens t on t.id = h.token_id
      join auth.users u on u.id = t.user_id
     where h.id = p_key_id and h.hash = p_key_hash and h.kind = 'api'
       and t.revoked_at is null and coalesce(t.expires_at > statement_timestamp(), true)
       and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
$$;
comment on function private.authenticate_api_token is
    'Whose API token this is, and its scopes; null for one that is unknown, wrong, expired or revoked.';
grant execute on function private.authenticate_api_token to devos_login;
