-- as: devos_jobs
create function private.room_left(p_room text, p_most integer)
returns integer
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_key constant text := substr(p_room, 38);
    v_limit public.limits;
    v_left integer := p_most;
begin
    select * into v_limit from public.limits m where m.id = left(p_room, 36)::uuid;
    if v_limit.max_running is not null then
        v_left := least(v_left, v_limit.max_running - private.count_running(v_limit, v_key, v_limit.max_running));
    end if;
    if v_limit.rate_count is not null and v_left > 0 then
        v_left := least(v_left, v_limit.rate_count - (
            select count(*) from private.limit_rooms r cross join unnest(r.starts) as s (at)
             where r.limit_id = v_limit.id and r.concurrency_key = v_key
               and s.at > clock_timestamp() - v_limit.rate_seconds * interval '1 second'));
    end if;
    return greatest(v_left, 0);
end;
$$;
comment on function private.room_left is
    'How many tasks more there is room for now, p_most at the most. It holds while the room is locked, and is a guess otherwise.';
grant execute on function private.room_left to devos_api;
