create function public.set_secret(
    p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea
) returns public.secrets
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_secret public.secrets;
begin
    perform private.require_secret_owner(p_project_id, p_team_id);
    insert into public.secrets as s (id, project_id, team_id, name, kind, created_by)
    values (private.new_id(), p_project_id, p_team_id, p_name, p_kind, private.my_user_id())
    on conflict on constraint secrets_name_key
    do update set kind = excluded.kind, version = s.version + 1, changed_at = statement_timestamp()
    returning * into v_secret;
    perform private.keep_secret_value(v_secret.id, p_key_id, p_sealed);
    perform private.emit('secret.set', p_project_id, v_secret.id, jsonb_build_object(
        'name', p_name, 'kind', p_kind, 'version', v_secret.version, 'team_id', p_team_id));
    perform private.audit('secret.set', p_project_id, v_secret.id, jsonb_build_object(
        'name', p_name, 'kind', p_kind, 'version', v_secret.version, 'team_id', p_team_id));
    return v_secret;
end;
$$;
comment on function public.set_secret is
    'Keep a credential of a project or a team, sealed by the API, under a name; the same name again replaces it.
PT403 role_required, PT404 project_not_found, team_not_found; 413 for a value that is too large.';
grant execute on function public.set_secret to authenticated;
