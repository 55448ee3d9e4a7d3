-- as: devos_lookup
create function private.authenticate_project_token(p_key_id text, p_key_hash bytea)
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('token_id', t.id, 'project_id', t.project_id)
      from private.token_hashes h
      join public.project_tokens t on t.id = h.token_id
     where h.id = p_key_id and h.hash = p_key_hash and h.kind = 'project'
       and t.revoked_at is null and coalesce(t.expires_at > statement_timestamp(), true)
$$;
comment on function private.authenticate_project_token is
    'Which project a token speaks for; null for one that is unknown, wrong, expired or revoked.';
grant execute on function private.authenticate_project_token to devos_login;
