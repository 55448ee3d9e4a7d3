create function public.create_registration_token(
    p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer,
    p_key_id text, p_key_hash bytea
) returns public.registration_tokens
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_projects uuid[] := array(select distinct p from unnest(p_project_ids) p order by p);
    v_token public.registration_tokens;
begin
    perform private.require_role('supervisor');
    perform private.require_project(v_projects);
    if not coalesce(p_expires_in_hours between 1 and 8760, false) then
        perform private.fail(422, 'invalid_expiry', 'A registration token lives 1 to 8760 hours.');
    end if;
    insert into public.registration_tokens (id, name, project_ids, capabilities, max_uses, created_by, expires_at)
    values (v_id, p_name, v_projects, private.normal_capabilities(p_capabilities), p_max_uses, private.my_user_id(),
        statement_timestamp() + p_expires_in_hours * interval '1 hour')
    returning * into v_token;
    insert into private.token_hashes (id, kind, token_id, hash) values (p_key_id, 'registration', v_id, p_key_hash);
    perform private.audit('registration_token.create', p, v_id,
        to_jsonb(v_token) - 'project_ids' || jsonb_build_object('key_id', p_key_id)) from unnest(v_projects) p;
    return v_token;
end;
$$;
comment on function public.create_registration_token is
    'A token by which agents register themselves; its SHA-256 is stored. PT403 role_required, PT404 project_not_found, PT422 invalid_expiry.';
grant execute on function public.create_registration_token to authenticated;
