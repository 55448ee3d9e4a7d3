create function public.list_agent_keys(p_agent_id uuid, p_limit integer default 50, p_after text default null)
returns table (id text, created_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_agent_seen(p_agent_id);
    return query
        select k.id, k.created_at, k.expires_at, k.revoked_at from private.agent_keys k
         where k.agent_id = p_agent_id and (p_after is null or k.id > p_after)
         order by k.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_agent_keys is
    'The keys of an agent by id, ended ones too. PT403 role_required, PT404 agent_not_found.';
grant execute on function public.list_agent_keys to authenticated;
