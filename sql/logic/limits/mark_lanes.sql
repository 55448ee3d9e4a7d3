create function private.mark_lanes(p_project_id uuid)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    update public.lanes l set is_limited = not l.is_limited
     where l.project_id = p_project_id and l.is_limited <> exists (select from private.rooms_of(l.id));
    update public.agent_lanes al set is_limited = l.is_limited
      from public.lanes l
     where l.id = al.lane_id and l.project_id = p_project_id and al.is_limited <> l.is_limited;
end;
$$;
comment on function private.mark_lanes is
    'The limits of a project changed: note which lanes have any, so that claims from the others look for none. The caller holds
lock_lanes().';
