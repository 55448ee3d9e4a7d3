-- as: devos_jobs
create function private.pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint)
returns uuid[]
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_lanes bigint[];
    v_priorities integer[];
    v_rooms text[];
    v_left jsonb;
    v_taken jsonb := '{}';
    v_lane record;
    v_found uuid[];
    v_ids uuid[] := '{}';
begin
    if p_limit = 0 then
        return v_ids;
    end if;
    -- What the silent hold is in the way here. Before any room is locked: after that, nobody waits for anything.
    perform private.reap_unasked();
    select array_agg(l.lane_id), array_agg(l.priority) into v_lanes, v_priorities
      from (select d.lane_id, d.priority
              -- Apart: only where something is due is the room looked at.
              from (select c.* from (select p.priority, al.lane_id, al.is_limited
                      from generate_series(1, 4) as p (priority), public.agent_lanes al
                     where al.agent_id = p_agent_id and al.kind = any (p_kinds)
                     order by p.priority, array_position(p_served, al.project_id) nulls first,
                              uuid_hash_extended(al.project_id, p_seed), hashint8extended(al.lane_id, p_seed)) as c
             cross join lateral (
                select from public.tasks q
                 where q.lane_id = c.lane_id and q.queue_priority = c.priority and q.state = 'pending'
                   and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
                 order by q.run_at, q.id limit 1) as due
             offset 0) d
             where not d.is_limited or coalesce((
                select min(private.room_left(m.room, 1)) from private.rooms_of(d.lane_id) m), 1) > 0
             limit p_limit) l;
    if v_lanes is null then
        return v_ids;
    end if;
    v_rooms := array(select distinct m.room from unnest(v_lanes) as l (id) cross join lateral private.rooms_of(l.id) m);
    perform private.enter_rooms(v_rooms);
    -- Counted anew: this statement sees what those committed who were here before.
    select coalesce(jsonb_object_agg(r, private.room_left(r, p_limit)), '{}') into v_left from unnest(v_rooms) r;
    for v_lane in
        select l.id, l.priority, array(select m.room from private.rooms_of(l.id) m) as rooms
          from unnest(v_lanes, v_priorities) with ordinality as l (id, priority, nr) order by l.nr
    loop
        v_found := array(
            select q.id from public.tasks q
             where q.lane_id = v_lane.id and q.queue_priority = v_lane.priority and q.state = 'pending'
               and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
             order by q.run_at, q.id
             limit least(p_limit - cardinality(v_ids), (
                -- A limit that came in between has no room here: the next claim knows it.
                select min(greatest(0, (v_left ->> r)::integer - coalesce((v_taken ->> r)::integer, 0)))
                  from unnest(v_lane.rooms) r))
             for update skip locked);
        v_ids := v_ids || v_found;
        select v_taken || coalesce(jsonb_object_agg(r, coalesce((v_taken ->> r)::integer, 0) + cardinality(v_found)), '{}')
          into v_taken from unnest(v_lane.rooms) r where cardinality(v_found) > 0;
        exit when cardinality(v_ids) = p_limit;
    end loop;
    perform private.note_starts(v_taken) where v_taken <> '{}';
    return v_ids;
end;
$$;
comment on function private.pick_limited is
    'The next tasks of an agent that has lanes with limits, locked, and no more of them than there is room for: like the look of
claim_for, but under a lock on every room that the tasks must fit into.';
grant execute on function private.pick_limited to devos_api;
