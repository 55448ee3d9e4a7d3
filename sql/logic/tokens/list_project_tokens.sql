create function public.list_project_tokens(
    p_project_id uuid, p_limit integer default 50, p_after uuid default null, p_token_id uuid default null
) returns table (
    id uuid, project_id uuid, name text, created_by uuid, created_at timestamptz, expires_at timestamptz,
    revoked_at timestamptz, used_at timestamptz
)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    return query
        select t.id, t.project_id, t.name, t.created_by, t.created_at, t.expires_at, t.revoked_at, u.used_at
          from public.project_tokens t
          left join private.token_uses u on u.token_id = t.id
         where t.project_id = p_project_id
           and (p_token_id is null or t.id = p_token_id) and (p_after is null or t.id > p_after)
         order by t.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_project_tokens is
    'The tokens of a project, ended ones too, and when each was used last. PT403 role_required, PT404 project_not_found.';
grant execute on function public.list_project_tokens to authenticated;
