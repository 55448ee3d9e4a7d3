create function public.write_task_logs(
    p_task_id uuid, p_lease_token bigint, p_lines jsonb,
    p_limit_lines integer default 10000, p_limit_bytes bigint default 8388608
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    -- Its lock puts the batches of one task in a row, so counts and ids need no other.
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_before public.task_log_counts;
    v_kept integer;
    v_bytes bigint;
    v_dropped bigint;
begin
    select * into v_before from public.task_log_counts c where c.task_id = v_task.id;
    with line as materialized (
        select l.level, l.message, l.nr, octet_length(l.message) as size,
               coalesce(v_before.dropped, 0) = 0
               and coalesce(v_before.lines, 0) + l.nr <= least(p_limit_lines, 1000000)
               and coalesce(v_before.bytes, 0) + sum(coalesce(octet_length(l.message), 0)) over (order by l.nr)
                   <= least(p_limit_bytes, 1073741824) as fits
          from rows from (jsonb_to_recordset(p_lines) as (level text, message text)) with ordinality as l (level, message, nr)
    ), kept as (
        insert into public.task_logs (task_id, project_id, attempt, level, message)
        select v_task.id, v_task.project_id, v_task.attempt, l.level, l.message from line l where l.fits order by l.nr
    )
    select count(*) filter (where l.fits), coalesce(sum(l.size) filter (where l.fits), 0), count(*) filter (where not l.fits)
      into v_kept, v_bytes, v_dropped
      from line l;
    insert into public.task_log_counts as c (task_id, project_id, lines, bytes, dropped, mark_id, mark_attempt, marked_at)
    select v_task.id, v_task.project_id, v_kept, v_bytes, v_dropped, m.id, m.attempt, m.at
      from (select) one
      left join (select nextval('private.task_log_ids') as id, v_task.attempt, statement_timestamp() as at
                  where v_dropped > 0) m on true
        on conflict (task_id) do update
       set lines = c.lines + excluded.lines, bytes = c.bytes + excluded.bytes, dropped = c.dropped + excluded.dropped,
           mark_id = coalesce(c.mark_id, excluded.mark_id), mark_attempt = coalesce(c.mark_attempt, excluded.mark_attempt),
           marked_at = coalesce(c.marked_at, excluded.marked_at);
    return jsonb_build_object('stored', v_kept, 'dropped', v_dropped, 'cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;
comment on function public.write_task_logs is
    'Append log lines {level, message} to a leased task while its log has room: {stored, dropped, cancel_requested}. After the
first line that does not fit none is kept, and the log ends in a line that counts them. PT404 task_not_found, PT409 lease_lost.';
grant execute on function public.write_task_logs to agent;
