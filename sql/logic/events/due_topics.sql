-- as: devos_jobs
create function private.due_topics(p_topics text[])
returns text[]
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select array(
        select t from unnest(p_topics) as t
         where exists (
            select from private.outbox o
             where o.topic = t and o.gave_up_at is null and o.run_at <= statement_timestamp()))
$$;
comment on function private.due_topics is
    'Job: of which of these topics there is something to deliver. One look for all of them, ten times a second.';
grant execute on function private.due_topics to devos_worker;
