create function public.create_api_token(
    p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_scopes text[] := array(select distinct s from unnest(p_scopes) s order by s);
begin
    perform private.require_role('viewer');
    if exists (select from unnest(v_scopes) s where s !~ '^[a-z]+:(read|write)$') then
        perform private.fail(422, 'invalid_scopes', 'A scope is like tasks:read.', 'See the list in the reference of the API.');
    end if;
    insert into public.api_tokens (id, user_id, name, scopes, expires_at)
    values (v_id, private.my_user_id(), p_name, v_scopes, private.token_expiry(p_expires_in_days));
    insert into private.token_hashes (id, kind, token_id, hash) values (p_key_id, 'api', v_id, p_key_hash);
    perform private.audit('api_token.create', null, v_id,
        jsonb_build_object('name', p_name, 'scopes', v_scopes, 'expires_in_days', p_expires_in_days));
    return (select to_jsonb(t) from public.list_api_tokens(p_token_id => v_id) t);
end;
$$;
comment on function public.create_api_token is
    'A token that acts for the caller within its scopes; the SHA-256 of it is kept. PT403 role_required, PT422 invalid_expiry, invalid_scopes.';
grant execute on function public.create_api_token to authenticated;
