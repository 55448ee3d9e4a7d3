create function private.prune_auth()
returns bigint
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_gone bigint;
    v_more bigint;
begin
    delete from private.rate_limits l where l.full_at < statement_timestamp();
    get diagnostics v_gone = row_count;
    delete from private.auth_flows f where f.expires_at < statement_timestamp();
    get diagnostics v_more = row_count;
    v_gone := v_gone + v_more;
    -- On Supabase its own Auth keeps the accounts, and nothing of them is ours to remove.
    if has_schema_privilege('auth', 'usage') and has_table_privilege('auth.refresh_tokens', 'delete') then
        delete from auth.sessions s where s.not_after < statement_timestamp();
        get diagnostics v_more = row_count;
        v_gone := v_gone + v_more;
        delete from auth.refresh_tokens t where t.revoked and t.updated_at < statement_timestamp() - interval '30 days';
        get diagnostics v_more = row_count;
        v_gone := v_gone + v_more;
    end if;
    return v_gone;
end;
$$;
comment on function private.prune_auth is
    'Job: forget allowances that are full again, sign-ins that did not come back, sessions that have ended, and refresh tokens used over 30 days ago. Returns how many.';
grant execute on function private.prune_auth to devos_worker;
