create function public.claim_next_task(p_kinds text[], p_lease_seconds integer default 60)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.claim_for(private.require_agent(), p_kinds, 1, p_lease_seconds)::jsonb -> 0;
end;
$$;
comment on function public.claim_next_task is
    'Claim one task as the calling agent; null when there is none. PT403 agent_required, PT422 invalid_claim.';
grant execute on function public.claim_next_task to agent;
