create function public.create_project_token(
    p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    insert into public.project_tokens (id, project_id, name, created_by, expires_at)
    values (v_id, p_project_id, p_name, private.my_user_id(), private.token_expiry(p_expires_in_days));
    insert into private.token_hashes (id, kind, token_id, hash) values (p_key_id, 'project', v_id, p_key_hash);
    perform private.emit('project_token.created', p_project_id, v_id, jsonb_build_object('name', p_name));
    perform private.audit('project_token.create', p_project_id, v_id,
        jsonb_build_object('name', p_name, 'expires_in_days', p_expires_in_days));
    return (select to_jsonb(t) from public.list_project_tokens(p_project_id, p_token_id => v_id) t);
end;
$$;
comment on function public.create_project_token is
    'A token by which CI speaks for a project; the SHA-256 of it is kept. PT403 role_required, PT404 project_not_found,
PT422 invalid_expiry.';
grant execute on function public.create_project_token to authenticated;
