create function public.delete_secret(p_project_id uuid, p_team_id uuid, p_name text)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid;
begin
    perform private.require_secret_owner(p_project_id, p_team_id);
    delete from public.secrets s
     where (s.project_id = p_project_id or s.team_id = p_team_id) and s.name = p_name
    returning s.id into v_id;
    if not found then
        perform private.fail(404, 'secret_not_found', 'There is no secret of this name.', 'List them.');
    end if;
    perform private.emit('secret.deleted', p_project_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
    perform private.audit('secret.delete', p_project_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
end;
$$;
comment on function public.delete_secret is
    'Forget a secret of a project or a team. PT403 role_required, PT404 project_not_found, team_not_found, secret_not_found.';
grant execute on function public.delete_secret to authenticated;
