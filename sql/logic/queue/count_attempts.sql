-- as: devos_lookup
create function private.count_attempts(p_project_ids uuid[])
returns table (span text, outcome public.attempt_outcome, attempts bigint, exact boolean)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_most constant integer := greatest(100, 5000 / greatest(cardinality(p_project_ids), 1));
begin
    return query
        -- The newest of each project: what others do is not read.
        with ended as materialized (
            select r.outcome, r.ended_at, count(*) over (partition by p.id) < v_most as whole
              from unnest(p_project_ids) as p (id)
             cross join lateral (
                select a.outcome, a.ended_at from public.task_attempts a
                 where a.project_id = p.id and a.ended_at > statement_timestamp() - interval '1 hour'
                 order by a.ended_at desc limit v_most) r
        )
        select s.span, e.outcome, count(*), bool_and(bool_and(e.whole)) over (partition by s.span)
          from (values ('minute', interval '1 minute'), ('hour', interval '1 hour')) as s (span, back)
          join ended e on e.ended_at > statement_timestamp() - s.back
         group by s.span, e.outcome;
end;
$$;
comment on function private.count_attempts is
    'How many attempts ended in the last minute and hour, by outcome; 5,000 at the most, and exact says whether that was all.';
grant execute on function private.count_attempts to devos_api;
