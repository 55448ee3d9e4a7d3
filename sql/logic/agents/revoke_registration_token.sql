create function public.revoke_registration_token(p_token_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_token public.registration_tokens;
begin
    perform private.require_role('supervisor');
    update public.registration_tokens t set revoked_at = statement_timestamp()
     where t.id = p_token_id and t.revoked_at is null
    returning * into v_token;
    if found then
        perform private.audit('registration_token.revoke', p, v_token.id) from unnest(v_token.project_ids) p;
    elsif not exists (select from public.registration_tokens t where t.id = p_token_id) then
        perform private.fail(404, 'registration_token_not_found', 'There is no such registration token.',
            'List yours with GET /api/registration-tokens.');
    end if;
end;
$$;
comment on function public.revoke_registration_token is
    'End a registration token; twice is once. Its agents live on. PT403 role_required, PT404 registration_token_not_found.';
grant execute on function public.revoke_registration_token to authenticated;
