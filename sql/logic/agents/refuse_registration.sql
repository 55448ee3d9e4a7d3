create function private.refuse_registration()
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from public.registration_tokens t
                where t.id = (select private.my_registration_token()) and t.uses = t.max_uses) then
        perform private.fail(409, 'registration_token_used_up', 'This registration token was used as often as it may be.',
            'Ask a supervisor for a new one.');
    end if;
    perform private.fail(401, 'not_signed_in', 'The token is not valid.', 'Ask a supervisor for a new registration token.');
end;
$$;
comment on function private.refuse_registration is
    'Why nothing was counted. PT401 not_signed_in, PT409 registration_token_used_up.';
