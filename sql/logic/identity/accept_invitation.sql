create function public.accept_invitation(p_token_id text, p_token_hash bytea)
returns public.invitations
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if private.my_user_id() is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    return private.use_invitation((private.find_invitation(p_token_id, p_token_hash)).id);
end;
$$;
comment on function public.accept_invitation is
    'Come in by an invitation to the caller''s own e-mail. PT401 not_signed_in, PT403 invitation_not_valid.';
grant execute on function public.accept_invitation to authenticated;
