create function public.revoke_project_token(p_project_id uuid, p_token_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    update public.project_tokens t set revoked_at = statement_timestamp()
     where t.id = p_token_id and t.project_id = p_project_id and t.revoked_at is null;
    if found then
        perform private.emit('project_token.revoked', p_project_id, p_token_id);
        perform private.audit('project_token.revoke', p_project_id, p_token_id);
    elsif not exists (select from public.project_tokens t where t.id = p_token_id and t.project_id = p_project_id) then
        perform private.fail(404, 'token_not_found', 'The project has no such token.',
            'List its tokens with GET /api/projects/{id}/tokens.');
    end if;
end;
$$;
comment on function public.revoke_project_token is
    'End a token of a project. Twice is once. PT403 role_required, PT404 project_not_found, token_not_found.';
grant execute on function public.revoke_project_token to authenticated;
