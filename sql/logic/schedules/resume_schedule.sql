create function public.resume_schedule(p_schedule_id uuid)
returns public.schedules
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    perform public.read_schedule(p_schedule_id);
    -- From now on: what would have come in the pause was not missed.
    update public.schedules s
       set is_paused = false, failures = 0, planned_from = statement_timestamp(), next_run_at = null,
           version = s.version + 1, updated_at = statement_timestamp()
     where s.id = p_schedule_id and s.is_paused
    returning * into v_schedule;
    if found then
        perform private.emit('schedule.resumed', v_schedule.project_id, v_schedule.id, jsonb_build_object('name', v_schedule.name));
    end if;
    return public.read_schedule(p_schedule_id);
end;
$$;
comment on function public.resume_schedule is
    'Let a paused schedule run again, from its next instant on; twice is once. PT403 role_required, PT404 schedule_not_found.';
grant execute on function public.resume_schedule to authenticated;
