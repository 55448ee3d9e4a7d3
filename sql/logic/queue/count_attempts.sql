-- as: devos_lookup
create function private.count_attempts(p_project_ids uuid[])
returns table (span text, outcome public.attempt_outcome, attempts bigint, exact boolean)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select s.span, r.outcome, count(*), sum(count(*)) over (partition by s.span) < 20000
      from (values ('minute', interval '1 minute'), ('hour', interval '1 hour')) as s (span, back)
     cross join lateral (
        select a.outcome from public.task_attempts a
         where a.ended_at > statement_timestamp() - s.back and a.project_id = any (p_project_ids) limit 20000) r
     group by s.span, r.outcome
$$;
comment on function private.count_attempts is
    'How many attempts ended in the last minute and hour, by outcome; 20,000 at the most, and exact says whether that was all.';
grant execute on function private.count_attempts to devos_api;
