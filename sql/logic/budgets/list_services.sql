create function public.list_services(
    p_project_id uuid default null, p_limit integer default 50, p_after uuid default null, p_service_id uuid default null
) returns table (
    id uuid, project_id uuid, name text, state public.service_state, "limit" numeric, spent numeric, reserved numeric,
    overrun numeric, remaining numeric, substitute_id uuid, created_at timestamptz
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    -- An agent learns which services there are, and not what is in the purse.
    select s.id, s.project_id, s.name, s.state,
           case when v.full then s."limit" end, case when v.full then s.spent end, case when v.full then s.reserved end,
           case when v.full then s.overrun end,
           case when v.full then greatest(s."limit" - s.spent - s.reserved, 0) end,
           s.substitute_id, s.created_at
      from public.service_registry s, (select private.my_user_id() is not null as full) v
     where (p_project_id is null or s.project_id = p_project_id)
       and (p_service_id is null or s.id = p_service_id)
       and (p_after is null or s.id > p_after)
     order by s.id limit least(p_limit, 1001)
$$;
comment on function public.list_services is 'Services of the caller''s projects; for an agent without their budgets.';
grant execute on function public.list_services to authenticated, agent;
