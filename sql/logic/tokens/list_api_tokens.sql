create function public.list_api_tokens(p_limit integer default 50, p_after uuid default null, p_token_id uuid default null)
returns table (
    id uuid, name text, scopes text[], created_at timestamptz, expires_at timestamptz, revoked_at timestamptz,
    used_at timestamptz
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select t.id, t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at, u.used_at
      from public.api_tokens t
      left join private.token_uses u on u.token_id = t.id
     where t.user_id = private.my_user_id()
       and (p_token_id is null or t.id = p_token_id) and (p_after is null or t.id > p_after)
     order by t.id limit least(p_limit, 1001)
$$;
comment on function public.list_api_tokens is 'The caller''s own API tokens, ended ones too, and when each was used last.';
grant execute on function public.list_api_tokens to authenticated;
