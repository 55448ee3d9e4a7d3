-- as: devos_jobs
create function private.fire_schedule(
    p_id uuid, p_version integer, p_seen timestamptz, p_scheduled_for timestamptz, p_next timestamptz, p_refused text default null
) returns text
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_most_failures constant integer := 5;
    v_schedule public.schedules;
    v_outcome text;
    v_open uuid[] := '{}';
    v_made uuid[];
    v_failures integer;
begin
    -- Who comes second waits here, and then finds another next run; who read it before an edit or a pause finds another version.
    select * into v_schedule from public.schedules s
     where s.id = p_id and s.version = p_version and s.next_run_at is not distinct from p_seen for no key update;
    if not found then
        return 'stale';
    end if;
    if p_seen < coalesce(p_scheduled_for, 'infinity') and not exists (
        select from public.schedule_runs r where r.schedule_id = p_id and r.scheduled_for = p_seen)
    then
        v_outcome := 'missed';
        perform private.note_schedule_run(v_schedule, p_seen, 'missed',
            p_missed_until => coalesce(p_scheduled_for, statement_timestamp()));
    end if;
    if exists (select from public.schedule_runs r where r.schedule_id = p_id and r.scheduled_for = p_scheduled_for) then
        v_outcome := 'ran_before';
    elsif p_refused is not null then
        v_outcome := 'failed';
        perform private.note_schedule_run(v_schedule, coalesce(p_scheduled_for, statement_timestamp()), 'failed', p_reason => p_refused);
    elsif p_scheduled_for is not null then
        if v_schedule.overlap <> 'queue' then
            v_open := private.open_tasks_of(p_id);
        end if;
        if v_schedule.overlap = 'skip' and v_open <> '{}' then
            v_outcome := 'skipped';
            perform private.note_schedule_run(v_schedule, p_scheduled_for, 'skipped',
                p_reason => format('Task %s has not ended.', v_open[1]));
        else
            perform private.cancel(v_open, 'The next run of its schedule takes its place.') where v_open <> '{}';
            perform private.settle_dependents(v_open) where v_open <> '{}';
            v_made := private.insert_tasks(private.schedule_items(v_schedule.project_id, v_schedule.task));
            v_outcome := 'created';
            perform private.note_schedule_run(v_schedule, p_scheduled_for, 'created', v_made[1]);
        end if;
    end if;
    v_failures := case v_outcome when 'failed' then v_schedule.failures + 1 when 'created' then 0 else v_schedule.failures end;
    update public.schedules s
       set next_run_at = p_next, failures = v_failures,
           last_run_at = case when v_outcome in ('created', 'skipped', 'failed') then coalesce(p_scheduled_for, statement_timestamp())
                              else s.last_run_at end,
           last_outcome = case when v_outcome <> 'ran_before' then v_outcome else s.last_outcome end
     where s.id = p_id;
    if v_outcome = 'failed' and (p_next is null or v_failures >= v_most_failures) then
        update public.schedules s
           set is_paused = true, next_run_at = null, version = s.version + 1, updated_at = statement_timestamp() where s.id = p_id;
        perform private.emit('schedule.paused', v_schedule.project_id, p_id,
            jsonb_build_object('name', v_schedule.name, 'reason', left(p_refused, 1000)));
    end if;
    return coalesce(v_outcome, 'planned');
end;
$$;
comment on function private.fire_schedule is
    'Job: let a schedule run for one instant and plan the next, in one transaction. p_seen is the next run that the caller read;
what lies between it and p_scheduled_for (null: nothing runs now) was missed. With p_refused the run fails, and the schedule
is paused after five of them, or when it has no next instant. Returns created, skipped, missed, failed, planned, ran_before, stale.';
grant execute on function private.fire_schedule to devos_worker;
