create function public.read_schedule(p_schedule_id uuid)
returns public.schedules
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules;
begin
    select * into v_schedule from public.schedules s where s.id = p_schedule_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such schedule.', detail = 'schedule_not_found';
    end if;
    return v_schedule;
end;
$$;
comment on function public.read_schedule is 'One schedule. PT404 schedule_not_found.';
grant execute on function public.read_schedule to authenticated;
