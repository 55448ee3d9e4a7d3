create function public.revoke_api_token(p_token_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update public.api_tokens t set revoked_at = statement_timestamp()
     where t.id = p_token_id and t.revoked_at is null;
    if found then
        perform private.audit('api_token.revoke', null, p_token_id);
    elsif not exists (select from public.api_tokens t where t.id = p_token_id) then
        perform private.fail(404, 'token_not_found', 'There is no such token.', 'List yours with GET /api/tokens.');
    end if;
end;
$$;
comment on function public.revoke_api_token is
    'End a token of one''s own; an admin ends anyone''s. Twice is once. PT404 token_not_found.';
grant execute on function public.revoke_api_token to authenticated;
