create function public.heartbeat()
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.touch_agent(private.require_agent());
end;
$$;
comment on function public.heartbeat is 'The calling agent lives. PT403 agent_required.';
grant execute on function public.heartbeat to agent;
