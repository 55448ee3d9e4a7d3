create function private.require_session()
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A token that gives a role would give more than its scopes, and outlive itself.
    if private.claims() ->> 'token_id' is not null then
        perform private.fail(403, 'session_required', 'A token gives nobody a role.', 'Sign in, and do it yourself.');
    end if;
end;
$$;
comment on function private.require_session is 'PT403 session_required for a request that came with an API token.';
