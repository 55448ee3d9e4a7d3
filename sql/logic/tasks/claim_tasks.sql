create function public.claim_tasks(p_kinds text[], p_limit integer default 1, p_lease_seconds integer default 60)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.claim_for(private.require_agent(), p_kinds, p_limit, p_lease_seconds)::jsonb;
end;
$$;
comment on function public.claim_tasks is
    'Claim tasks as the calling agent: [{id, input, attempt, checkpoint, lease_token, ...}]. PT403 agent_required, PT422 invalid_claim.';
grant execute on function public.claim_tasks to agent;
