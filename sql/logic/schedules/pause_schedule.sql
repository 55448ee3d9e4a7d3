create function public.pause_schedule(p_schedule_id uuid)
returns public.schedules
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    perform public.read_schedule(p_schedule_id);
    update public.schedules s
       set is_paused = true, next_run_at = null, version = s.version + 1, updated_at = statement_timestamp()
     where s.id = p_schedule_id and not s.is_paused
    returning * into v_schedule;
    if found then
        perform private.emit('schedule.paused', v_schedule.project_id, v_schedule.id, jsonb_build_object('name', v_schedule.name));
    end if;
    return public.read_schedule(p_schedule_id);
end;
$$;
comment on function public.pause_schedule is 'Let a schedule run no more until it is resumed; twice is once. PT403 role_required, PT404 schedule_not_found.';
grant execute on function public.pause_schedule to authenticated;
