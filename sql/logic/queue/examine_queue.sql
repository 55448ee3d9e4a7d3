-- as: devos_jobs
create function private.examine_queue()
returns jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'outbox', (
            select jsonb_build_object('waiting', count(*) filter (where o.gave_up_at is null),
                       'oldest_seconds', extract(epoch from statement_timestamp() - min(o.created_at) filter (where o.gave_up_at is null)),
                       'gave_up', count(*) filter (where o.gave_up_at is not null))
              from (select x.created_at, x.gave_up_at from private.outbox x order by x.id limit 10000) o),
        'stuck', (
            select count(*)
              from (select from public.tasks t
                     where t.state = 'running' and t.lease_expires_at < statement_timestamp() - interval '5 seconds' limit 10000) t),
        'tables', (
            select jsonb_agg(jsonb_build_object('name', s.relname, 'rows', s.n_live_tup, 'dead_rows', s.n_dead_tup,
                       'bytes', pg_total_relation_size(s.relid), 'vacuumed_at', greatest(s.last_autovacuum, s.last_vacuum))
                       order by s.relname)
              from pg_catalog.pg_stat_user_tables s
             where s.schemaname in ('public', 'private')
               and s.relname in ('tasks', 'task_attempts', 'events', 'outbox', 'agent_heartbeats', 'idempotency_keys')))
$$;
comment on function private.examine_queue is
    'What an operator looks at: the outbox, leases that nobody has taken back, and how the hot tables are vacuumed.';
grant execute on function private.examine_queue to devos_api;
