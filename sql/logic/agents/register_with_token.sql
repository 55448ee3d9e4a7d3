create function public.register_with_token(
    p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_asked text[] := private.normal_capabilities(p_capabilities);
    v_projects uuid[] := private.my_registration_projects();
    v_token public.registration_tokens;
begin
    -- Whoever waited for the row reads it again: neither a last use nor a revocation is overtaken.
    update public.registration_tokens t set uses = t.uses + 1
     where t.id = (select private.my_registration_token()) and t.uses < t.max_uses and t.revoked_at is null
    returning t.* into v_token;
    if not found then
        perform private.refuse_registration();
    end if;
    if cardinality(v_projects) = 0 then
        perform private.fail(403, 'no_project_granted', 'The projects of this registration token are no longer its creator''s.',
            'Ask a supervisor for a new one.');
    end if;
    return private.add_agent(p_name, v_projects,
        case when v_asked = '{}' then v_token.capabilities
             else array(select c from unnest(v_asked) c where c = any (v_token.capabilities)) end,
        p_labels, p_key_id, p_key_hash, v_token.id);
end;
$$;
comment on function public.register_with_token is
    'Register the calling agent by its registration token: in the projects it gives, with the capabilities asked for that it allows,
all of them when none is asked for. PT401 not_signed_in, PT403 no_project_granted, PT409 registration_token_used_up.';
grant execute on function public.register_with_token to integration;
