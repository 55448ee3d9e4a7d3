create function public.delete_schedule(p_schedule_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    v_schedule := public.read_schedule(p_schedule_id);
    delete from public.schedules s where s.id = p_schedule_id;
    perform private.emit('schedule.deleted', v_schedule.project_id, v_schedule.id, jsonb_build_object('name', v_schedule.name));
end;
$$;
comment on function public.delete_schedule is
    'Forget a schedule and what became of its runs; the tasks that it made stay. PT403 role_required, PT404 schedule_not_found.';
grant execute on function public.delete_schedule to authenticated;
